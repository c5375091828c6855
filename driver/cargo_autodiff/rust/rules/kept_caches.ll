; Memory for the caches of derivatives that is kept from one call to the next; kept_caches.py says why.
;
; A block is malloc's own, so that free may have it as well. What waits is in lists by size, sixteen for each power of
; two; a block's first word is the next one. To take from a list is to take all of it away for that moment: another
; thread finds it empty, and asks malloc.

@__cargo_autodiff_kept = linkonce_odr hidden global [1040 x i64] zeroinitializer
@__cargo_autodiff_kept_bytes = linkonce_odr hidden global i64 0

declare noalias ptr @malloc(i64)
declare ptr @realloc(ptr, i64)
declare void @free(ptr)
declare i64 @malloc_usable_size(ptr)
declare i64 @llvm.ctlz.i64(i64, i1 immarg)
declare void @llvm.memcpy.p0.p0.i64(ptr noalias nocapture writeonly, ptr noalias nocapture readonly, i64, i1 immarg)

; As malloc, for at least a page of up to a sixteenth more.
define linkonce_odr hidden noalias ptr @__cargo_autodiff_kept_malloc(i64 %size) noinline nounwind {
  %small = icmp ult i64 %size, 4096
  %huge = icmp ugt i64 %size, 268435456
  %plain = or i1 %small, %huge
  br i1 %plain, label %as_is, label %round
as_is:
  %exact = call ptr @malloc(i64 %size)
  ret ptr %exact
round:
  %rounded = call i64 @__cargo_autodiff_kept_rounded(i64 %size)
  %list = call ptr @__cargo_autodiff_kept_list(i64 %rounded)
  %block = call ptr @__cargo_autodiff_kept_pop(ptr %list)
  %none = icmp eq ptr %block, null
  br i1 %none, label %fresh, label %waited
waited:
  ret ptr %block
fresh:
  %made = call ptr @malloc(i64 %rounded)
  ret ptr %made
}

; As free. What is more than 256 MiB together does not wait.
define linkonce_odr hidden void @__cargo_autodiff_kept_free(ptr %block) noinline nounwind {
  %none = icmp eq ptr %block, null
  br i1 %none, label %out, label %weigh
weigh:
  %size = call i64 @malloc_usable_size(ptr %block)
  %small = icmp ult i64 %size, 4096
  br i1 %small, label %give, label %count
count:
  %before = atomicrmw add ptr @__cargo_autodiff_kept_bytes, i64 %size monotonic
  %after = add i64 %before, %size
  %full = icmp ugt i64 %after, 268435456
  br i1 %full, label %uncount, label %keep
keep:
  %list = call ptr @__cargo_autodiff_kept_list(i64 %size)
  store ptr null, ptr %block, align 8
  call void @__cargo_autodiff_kept_put(ptr %list, ptr %block)
  br label %out
uncount:
  %left = atomicrmw sub ptr @__cargo_autodiff_kept_bytes, i64 %size monotonic
  br label %give
give:
  call void @free(ptr %block)
  br label %out
out:
  ret void
}

; As realloc. What grows to a page and more goes on in the smallest block that waits and is large enough: most likely it
; grew to that in the last call. Where none waits it grows as malloc's memory does, so that there is no copy of it.
define linkonce_odr hidden ptr @__cargo_autodiff_kept_realloc(ptr %block, i64 %size) noinline nounwind {
  %none = icmp eq ptr %block, null
  br i1 %none, label %first, label %weigh
first:
  %begun = call ptr @__cargo_autodiff_kept_malloc(i64 %size)
  ret ptr %begun
weigh:
  %small = icmp ult i64 %size, 4096
  br i1 %small, label %plain, label %ask
ask:
  %has = call i64 @malloc_usable_size(ptr %block)
  %enough = icmp uge i64 %has, %size
  br i1 %enough, label %stay, label %look
stay:
  ret ptr %block
look:
  %rounded = call i64 @__cargo_autodiff_kept_rounded(i64 %size)
  %own = call ptr @__cargo_autodiff_kept_list(i64 %rounded)
  %far = getelementptr i64, ptr %own, i64 128
  %end = getelementptr [1040 x i64], ptr @__cargo_autodiff_kept, i64 1, i64 0
  %before = icmp ult ptr %far, %end
  %last = select i1 %before, ptr %far, ptr %end
  br label %search
search:
  %list = phi ptr [ %own, %look ], [ %next, %on ]
  %over = icmp uge ptr %list, %last
  br i1 %over, label %grow, label %try
try:
  %found = call ptr @__cargo_autodiff_kept_pop(ptr %list)
  %missing = icmp eq ptr %found, null
  br i1 %missing, label %on, label %copy
on:
  %next = getelementptr i64, ptr %list, i64 1
  br label %search
copy:
  call void @llvm.memcpy.p0.p0.i64(ptr %found, ptr %block, i64 %has, i1 false)
  call void @__cargo_autodiff_kept_free(ptr %block)
  ret ptr %found
grow:
  %grown = call ptr @realloc(ptr %block, i64 %rounded)
  ret ptr %grown
plain:
  %changed = call ptr @realloc(ptr %block, i64 %size)
  ret ptr %changed
}

; Take the first block of a list; null where none waits.
define linkonce_odr hidden ptr @__cargo_autodiff_kept_pop(ptr %list) nounwind {
  %seen = load atomic i64, ptr %list monotonic, align 8
  %empty = icmp eq i64 %seen, 0
  br i1 %empty, label %nothing, label %grab
grab:
  %word = atomicrmw xchg ptr %list, i64 0 acquire
  %gone = icmp eq i64 %word, 0
  br i1 %gone, label %nothing, label %take
take:
  %block = inttoptr i64 %word to ptr
  %others = load ptr, ptr %block, align 8
  call void @__cargo_autodiff_kept_put(ptr %list, ptr %others)
  %has = call i64 @malloc_usable_size(ptr %block)
  %left = atomicrmw sub ptr @__cargo_autodiff_kept_bytes, i64 %has monotonic
  ret ptr %block
nothing:
  ret ptr null
}

; The next size that begins a list, so that each block of the list is large enough; at most a sixteenth more.
define linkonce_odr hidden i64 @__cargo_autodiff_kept_rounded(i64 %size) nounwind {
  %zeros = call i64 @llvm.ctlz.i64(i64 %size, i1 true)
  %shift = sub i64 59, %zeros
  %step = shl i64 1, %shift
  %most = sub i64 %step, 1
  %sum = add i64 %size, %most
  %mask = xor i64 %most, -1
  %rounded = and i64 %sum, %mask
  ret i64 %rounded
}

; The list of a size: the power of two below it, and the four bits after its first.
define linkonce_odr hidden ptr @__cargo_autodiff_kept_list(i64 %size) nounwind {
  %zeros = call i64 @llvm.ctlz.i64(i64 %size, i1 true)
  %shift = sub i64 59, %zeros
  %bits = lshr i64 %size, %shift
  %base = shl i64 %shift, 4
  %number = add i64 %base, %bits
  %list = getelementptr [1040 x i64], ptr @__cargo_autodiff_kept, i64 0, i64 %number
  ret ptr %list
}

; Put a chain of blocks in front of a list.
define linkonce_odr hidden void @__cargo_autodiff_kept_put(ptr %list, ptr %chain) nounwind {
  %none = icmp eq ptr %chain, null
  br i1 %none, label %out, label %try
try:
  %first = ptrtoint ptr %chain to i64
  %swapped = cmpxchg ptr %list, i64 0, i64 %first release monotonic
  %done = extractvalue { i64, i1 } %swapped, 1
  br i1 %done, label %out, label %walk
walk:
  %last = phi ptr [ %chain, %try ], [ %after, %walk ]
  %after = load ptr, ptr %last, align 8
  %ends = icmp eq ptr %after, null
  br i1 %ends, label %join, label %walk
join:
  %word = load atomic i64, ptr %list monotonic, align 8
  %behind = inttoptr i64 %word to ptr
  store ptr %behind, ptr %last, align 8
  %joined = cmpxchg ptr %list, i64 %word, i64 %first release monotonic
  %in = extractvalue { i64, i1 } %joined, 1
  br i1 %in, label %out, label %join
out:
  ret void
}
