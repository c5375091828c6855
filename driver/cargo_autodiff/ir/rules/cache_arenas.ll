; Memory for the caches of one call of a derivative; cache_arenas.py says why.
;
; An arena is { next free byte, end, list of pieces }. A piece is malloc's, and its first word is the piece before it. All
; are given back at once.

declare noalias ptr @malloc(i64)
declare void @free(ptr)

; Take memory that is aligned as malloc's. What is large has a piece of its own.
define linkonce_odr hidden noalias nonnull ptr @__cargo_autodiff_arena_get(ptr nocapture %arena, i64 %size) noinline nounwind {
  %more = add i64 %size, 15
  %rounded = and i64 %more, -16
  %next = load ptr, ptr %arena, align 8
  %end.at = getelementptr i8, ptr %arena, i64 8
  %end = load ptr, ptr %end.at, align 8
  %next.bits = ptrtoint ptr %next to i64
  %end.bits = ptrtoint ptr %end to i64
  %left = sub i64 %end.bits, %next.bits
  %fits = icmp ule i64 %rounded, %left
  br i1 %fits, label %take, label %another
take:
  %after = getelementptr i8, ptr %next, i64 %rounded
  store ptr %after, ptr %arena, align 8
  ret ptr %next
another:
  %large = icmp ugt i64 %rounded, 2048
  %own = add i64 %rounded, 16
  %bytes = select i1 %large, i64 %own, i64 16384
  %piece = call ptr @malloc(i64 %bytes)
  %pieces.at = getelementptr i8, ptr %arena, i64 16
  %before = load ptr, ptr %pieces.at, align 8
  store ptr %before, ptr %piece, align 8
  store ptr %piece, ptr %pieces.at, align 8
  %first = getelementptr i8, ptr %piece, i64 16
  br i1 %large, label %done, label %go.on
go.on:
  %second = getelementptr i8, ptr %first, i64 %rounded
  %its.end = getelementptr i8, ptr %piece, i64 16384
  store ptr %second, ptr %arena, align 8
  store ptr %its.end, ptr %end.at, align 8
  br label %done
done:
  ret ptr %first
}

; Give all of it back.
define linkonce_odr hidden void @__cargo_autodiff_arena_free(ptr nocapture %arena) noinline nounwind {
  %pieces.at = getelementptr i8, ptr %arena, i64 16
  %last = load ptr, ptr %pieces.at, align 8
  %none = icmp eq ptr %last, null
  br i1 %none, label %out, label %give
give:
  %piece = phi ptr [ %last, %0 ], [ %before, %give ]
  %before = load ptr, ptr %piece, align 8
  call void @free(ptr %piece)
  %was.first = icmp eq ptr %before, null
  br i1 %was.first, label %out, label %give
out:
  ret void
}
