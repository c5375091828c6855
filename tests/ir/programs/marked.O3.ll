
@alloc_norm = private unnamed_addr constant [42 x i8] c"(marked::norm, marked::dnorm::{{closure}})", align 1
@alloc_cube = private unnamed_addr constant [42 x i8] c"(marked::cube, marked::dcube::{{closure}})", align 1
@alloc_125461e2f08c77b109c93b44c9f957fe = private unnamed_addr constant [45 x i8] c"mode=reverse,args=const,duplicated,duplicated", align 1
@alloc_e770de8558bcc785c7e813461c074fb8 = private unnamed_addr constant [14 x i8] c"src/lib.rs:3:1", align 1
@alloc_8d4b99bb326777d39f67687fb603f1b1 = private unnamed_addr constant <{ ptr, ptr, [8 x i8], ptr, [8 x i8], ptr, [48 x i8] }> <{ ptr @_ZN6marked11norm_source17hdd5a124e67c2f812E, ptr @alloc_125461e2f08c77b109c93b44c9f957fe, [8 x i8] c"-\00\00\00\00\00\00\00", ptr @alloc_e770de8558bcc785c7e813461c074fb8, [8 x i8] c"\0E\00\00\00\00\00\00\00", ptr @norm_origin, [48 x i8] c"\00\00\00\00\00\00\00\00\10\00\00\00\00\00\00\00\08\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00" }>, align 8
@alloc_2634d88eed0eaa709264a4b4c30fe11f = private unnamed_addr constant [10 x i8] c"marked.rs\00", align 1
@alloc_b0ef572cf8b58592fe355331f880abf0 = private unnamed_addr constant <{ ptr, [16 x i8] }> <{ ptr @alloc_2634d88eed0eaa709264a4b4c30fe11f, [16 x i8] c"\09\00\00\00\00\00\00\00'\00\00\00\1D\00\00\00" }>, align 8
@alloc_c213adc183bc6e846f1480ad5ae5e9c7 = private unnamed_addr constant [49 x i8] c"mode=forward,width=1,ret=dualonly,args=dual,const", align 1
@alloc_6da736d4c21c552e6c695e86e6cf2b40 = private unnamed_addr constant [15 x i8] c"src/lib.rs:40:5", align 1
@alloc_4a8491cb285c36551e0deb7f10ce827e = private unnamed_addr constant <{ ptr, ptr, [8 x i8], ptr, [8 x i8], ptr, [32 x i8] }> <{ ptr @_ZN6marked11cube_source17h9129f1568139809dE, ptr @alloc_c213adc183bc6e846f1480ad5ae5e9c7, [8 x i8] c"1\00\00\00\00\00\00\00", ptr @alloc_6da736d4c21c552e6c695e86e6cf2b40, [8 x i8] c"\0F\00\00\00\00\00\00\00", ptr @cube_origin, [32 x i8] c"\08\00\00\00\00\00\00\00\04\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00" }>, align 8

define internal { ptr, i64 } @norm_origin() unnamed_addr {
start:
  ret { ptr, i64 } { ptr @alloc_norm, i64 42 }
}

define internal { ptr, i64 } @cube_origin() unnamed_addr {
start:
  ret { ptr, i64 } { ptr @alloc_cube, i64 42 }
}

define internal double @_ZN6marked11cube_source17h9129f1568139809dE(double %x, i32 %n) unnamed_addr {
start:
  %_4 = fmul double %x, %x
  %_3 = fmul double %_4, %x
  %_5 = uitofp i32 %n to double
  %_0 = fmul double %_3, %_5
  ret double %_0
}

define internal void @_ZN6marked11norm_source17hdd5a124e67c2f812E(ptr align 8 %x.0, i64 %x.1, ptr align 8 %out) unnamed_addr {
start:
  %primal = alloca [0 x i8], align 1
  %_4 = call double @"_ZN6marked5dnorm28_$u7b$$u7b$closure$u7d$$u7d$17hc9ac79a4ef4a3c06E"(ptr align 1 %primal, ptr align 8 %x.0, i64 %x.1)
  store double %_4, ptr %out, align 8
  ret void
}

define internal void @_ZN6marked11norm_target17hc03e4e2dd9a04f20E(ptr align 8 %x.0, i64 %x.1, ptr align 8 %dx.0, i64 %dx.1, ptr align 8 %out, ptr align 8 %dout) unnamed_addr personality ptr @rust_eh_personality {
start:
  %0 = alloca [16 x i8], align 8
  invoke void @cargo_autodiff_was_not_run__build_with__cargo_autodiff(ptr @alloc_8d4b99bb326777d39f67687fb603f1b1)
          to label %bb1 unwind label %cleanup

bb3:
  call void @_RNvNtCsgEmfK2I1SDS_4core9panicking19panic_cannot_unwind()
  unreachable

cleanup:
  %1 = landingpad { ptr, i32 }
          cleanup
  %2 = extractvalue { ptr, i32 } %1, 0
  %3 = extractvalue { ptr, i32 } %1, 1
  store ptr %2, ptr %0, align 8
  %4 = getelementptr inbounds i8, ptr %0, i64 8
  store i32 %3, ptr %4, align 8
  br label %bb3

bb1:
  ret void
}

define internal double @"_ZN6marked5dnorm28_$u7b$$u7b$closure$u7d$$u7d$17hc9ac79a4ef4a3c06E"(ptr align 1 %_1, ptr align 8 %x.0, i64 %x.1) unnamed_addr {
start:
  %_5 = icmp ult i64 0, %x.1
  br i1 %_5, label %bb1, label %panic

bb1:
  %0 = getelementptr inbounds double, ptr %x.0, i64 0
  %_3 = load double, ptr %0, align 8
  %_6 = uitofp i64 %x.1 to double
  %_0 = fmul double %_3, %_6
  ret double %_0

panic:
  call void @_RNvNtCsgEmfK2I1SDS_4core9panicking18panic_bounds_check(i64 0, i64 %x.1, ptr align 8 @alloc_b0ef572cf8b58592fe355331f880abf0)
  unreachable
}

define double @dcube(double %x, double %dx, i32 %n) unnamed_addr personality ptr @rust_eh_personality {
start:
  %0 = alloca [16 x i8], align 8
  invoke void @cargo_autodiff_was_not_run__build_with__cargo_autodiff(ptr @alloc_4a8491cb285c36551e0deb7f10ce827e)
          to label %bb1 unwind label %cleanup

bb2:
  call void @_RNvNtCsgEmfK2I1SDS_4core9panicking19panic_cannot_unwind()
  unreachable

cleanup:
  %1 = landingpad { ptr, i32 }
          cleanup
  %2 = extractvalue { ptr, i32 } %1, 0
  %3 = extractvalue { ptr, i32 } %1, 1
  store ptr %2, ptr %0, align 8
  %4 = getelementptr inbounds i8, ptr %0, i64 8
  store i32 %3, ptr %4, align 8
  br label %bb2

bb1:
  %_7 = fadd double %x, %dx
  %_8 = uitofp i32 %n to double
  %_0 = fadd double %_7, %_8
  ret double %_0
}

define double @dnorm(ptr align 8 %x.0, i64 %x.1, ptr align 8 %dx.0, i64 %dx.1, double %0) unnamed_addr {
start:
  %out = alloca [8 x i8], align 8
  %seed = alloca [8 x i8], align 8
  store double %0, ptr %seed, align 8
  store double 0.000000e+00, ptr %out, align 8
  call void @_ZN6marked11norm_target17hc03e4e2dd9a04f20E(ptr align 8 %x.0, i64 %x.1, ptr align 8 %dx.0, i64 %dx.1, ptr align 8 %out, ptr align 8 %seed)
  %_0 = load double, ptr %out, align 8
  ret double %_0
}

declare i32 @rust_eh_personality(i32, i32, i64, ptr, ptr) unnamed_addr

declare void @cargo_autodiff_was_not_run__build_with__cargo_autodiff(ptr) unnamed_addr


declare void @_RNvNtCsgEmfK2I1SDS_4core9panicking19panic_cannot_unwind() unnamed_addr

declare void @_RNvNtCsgEmfK2I1SDS_4core9panicking18panic_bounds_check(i64, i64, ptr align 8) unnamed_addr


