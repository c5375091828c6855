
define double @return_and_continue(ptr %x, i64 %n, i64 %m) {
entry:
  %retval = alloca double, align 8
  %x.addr = alloca ptr, align 8
  %n.addr = alloca i64, align 8
  %m.addr = alloca i64, align 8
  %sum = alloca double, align 8
  %i = alloca i64, align 8
  store ptr %x, ptr %x.addr, align 8
  store i64 %n, ptr %n.addr, align 8
  store i64 %m, ptr %m.addr, align 8
  store double 0.000000e+00, ptr %sum, align 8
  store i64 0, ptr %i, align 8
  br label %for.cond

for.cond:                                         ; preds = %for.inc, %entry
  %0 = load i64, ptr %i, align 8
  %1 = load i64, ptr %n.addr, align 8
  %cmp = icmp slt i64 %0, %1
  br i1 %cmp, label %for.body, label %for.end

for.body:                                         ; preds = %for.cond
  %2 = load ptr, ptr %x.addr, align 8
  %3 = load i64, ptr %i, align 8
  %arrayidx = getelementptr inbounds double, ptr %2, i64 %3
  %4 = load double, ptr %arrayidx, align 8
  %cmp1 = fcmp olt double %4, 0.000000e+00
  br i1 %cmp1, label %if.then, label %if.end

if.then:                                          ; preds = %for.body
  br label %for.inc

if.end:                                           ; preds = %for.body
  %5 = load ptr, ptr %x.addr, align 8
  %6 = load i64, ptr %i, align 8
  %arrayidx2 = getelementptr inbounds double, ptr %5, i64 %6
  %7 = load double, ptr %arrayidx2, align 8
  %8 = load ptr, ptr %x.addr, align 8
  %9 = load i64, ptr %i, align 8
  %arrayidx3 = getelementptr inbounds double, ptr %8, i64 %9
  %10 = load double, ptr %arrayidx3, align 8
  %11 = load double, ptr %sum, align 8
  %12 = call double @llvm.fmuladd.f64(double %7, double %10, double %11)
  store double %12, ptr %sum, align 8
  %13 = load double, ptr %sum, align 8
  %14 = load i64, ptr %m.addr, align 8
  %conv = sitofp i64 %14 to double
  %cmp4 = fcmp ogt double %13, %conv
  br i1 %cmp4, label %if.then6, label %if.end8

if.then6:                                         ; preds = %if.end
  %15 = load double, ptr %sum, align 8
  %16 = load i64, ptr %i, align 8
  %conv7 = sitofp i64 %16 to double
  %add = fadd double %15, %conv7
  store double %add, ptr %retval, align 8
  br label %return

if.end8:                                          ; preds = %if.end
  %17 = load double, ptr %sum, align 8
  %mul = fmul double %17, 5.000000e-01
  store double %mul, ptr %sum, align 8
  br label %for.inc

for.inc:                                          ; preds = %if.end8, %if.then
  %18 = load i64, ptr %i, align 8
  %inc = add nsw i64 %18, 1
  store i64 %inc, ptr %i, align 8
  br label %for.cond

for.end:                                          ; preds = %for.cond
  %19 = load double, ptr %sum, align 8
  store double %19, ptr %retval, align 8
  br label %return

return:                                           ; preds = %for.end, %if.then6
  %20 = load double, ptr %retval, align 8
  ret double %20
}

declare double @llvm.fmuladd.f64(double, double, double)

define double @return_from_two(ptr %x, i64 %n, i64 %m) {
entry:
  %retval = alloca double, align 8
  %x.addr = alloca ptr, align 8
  %n.addr = alloca i64, align 8
  %m.addr = alloca i64, align 8
  %sum = alloca double, align 8
  %i = alloca i64, align 8
  %j = alloca i64, align 8
  store ptr %x, ptr %x.addr, align 8
  store i64 %n, ptr %n.addr, align 8
  store i64 %m, ptr %m.addr, align 8
  store double 0.000000e+00, ptr %sum, align 8
  store i64 0, ptr %i, align 8
  br label %for.cond

for.cond:                                         ; preds = %for.inc12, %entry
  %0 = load i64, ptr %i, align 8
  %1 = load i64, ptr %n.addr, align 8
  %cmp = icmp slt i64 %0, %1
  br i1 %cmp, label %for.body, label %for.end14

for.body:                                         ; preds = %for.cond
  store i64 0, ptr %j, align 8
  br label %for.cond1

for.cond1:                                        ; preds = %for.inc, %for.body
  %2 = load i64, ptr %j, align 8
  %3 = load i64, ptr %n.addr, align 8
  %cmp2 = icmp slt i64 %2, %3
  br i1 %cmp2, label %for.body3, label %for.end

for.body3:                                        ; preds = %for.cond1
  %4 = load ptr, ptr %x.addr, align 8
  %5 = load i64, ptr %j, align 8
  %arrayidx = getelementptr inbounds double, ptr %4, i64 %5
  %6 = load double, ptr %arrayidx, align 8
  %cmp4 = fcmp olt double %6, 0.000000e+00
  br i1 %cmp4, label %if.then, label %if.end

if.then:                                          ; preds = %for.body3
  br label %for.inc

if.end:                                           ; preds = %for.body3
  %7 = load ptr, ptr %x.addr, align 8
  %8 = load i64, ptr %i, align 8
  %arrayidx5 = getelementptr inbounds double, ptr %7, i64 %8
  %9 = load double, ptr %arrayidx5, align 8
  %10 = load ptr, ptr %x.addr, align 8
  %11 = load i64, ptr %j, align 8
  %arrayidx6 = getelementptr inbounds double, ptr %10, i64 %11
  %12 = load double, ptr %arrayidx6, align 8
  %13 = load double, ptr %sum, align 8
  %14 = call double @llvm.fmuladd.f64(double %9, double %12, double %13)
  store double %14, ptr %sum, align 8
  %15 = load double, ptr %sum, align 8
  %16 = load i64, ptr %m.addr, align 8
  %conv = sitofp i64 %16 to double
  %cmp7 = fcmp ogt double %15, %conv
  br i1 %cmp7, label %if.then9, label %if.end10

if.then9:                                         ; preds = %if.end
  %17 = load double, ptr %sum, align 8
  store double %17, ptr %retval, align 8
  br label %return

if.end10:                                         ; preds = %if.end
  br label %for.inc

for.inc:                                          ; preds = %if.end10, %if.then
  %18 = load i64, ptr %j, align 8
  %inc = add nsw i64 %18, 1
  store i64 %inc, ptr %j, align 8
  br label %for.cond1

for.end:                                          ; preds = %for.cond1
  %19 = load i64, ptr %i, align 8
  %conv11 = sitofp i64 %19 to double
  %20 = load double, ptr %sum, align 8
  %sub = fsub double %20, %conv11
  store double %sub, ptr %sum, align 8
  br label %for.inc12

for.inc12:                                        ; preds = %for.end
  %21 = load i64, ptr %i, align 8
  %inc13 = add nsw i64 %21, 1
  store i64 %inc13, ptr %i, align 8
  br label %for.cond

for.end14:                                        ; preds = %for.cond
  %22 = load double, ptr %sum, align 8
  %fneg = fneg double %22
  store double %fneg, ptr %retval, align 8
  br label %return

return:                                           ; preds = %for.end14, %if.then9
  %23 = load double, ptr %retval, align 8
  ret double %23
}

define double @return_from_three(ptr %x, i64 %n, i64 %m) {
entry:
  %retval = alloca double, align 8
  %x.addr = alloca ptr, align 8
  %n.addr = alloca i64, align 8
  %m.addr = alloca i64, align 8
  %sum = alloca double, align 8
  %i = alloca i64, align 8
  %j = alloca i64, align 8
  %k = alloca i64, align 8
  store ptr %x, ptr %x.addr, align 8
  store i64 %n, ptr %n.addr, align 8
  store i64 %m, ptr %m.addr, align 8
  store double 0.000000e+00, ptr %sum, align 8
  store i64 0, ptr %i, align 8
  br label %for.cond

for.cond:                                         ; preds = %for.inc25, %entry
  %0 = load i64, ptr %i, align 8
  %1 = load i64, ptr %n.addr, align 8
  %cmp = icmp slt i64 %0, %1
  br i1 %cmp, label %for.body, label %for.end27

for.body:                                         ; preds = %for.cond
  store i64 0, ptr %j, align 8
  br label %for.cond1

for.cond1:                                        ; preds = %for.inc22, %for.body
  %2 = load i64, ptr %j, align 8
  %3 = load i64, ptr %i, align 8
  %cmp2 = icmp sle i64 %2, %3
  br i1 %cmp2, label %for.body3, label %for.end24

for.body3:                                        ; preds = %for.cond1
  store i64 0, ptr %k, align 8
  br label %for.cond4

for.cond4:                                        ; preds = %for.inc, %for.body3
  %4 = load i64, ptr %k, align 8
  %5 = load i64, ptr %j, align 8
  %cmp5 = icmp sle i64 %4, %5
  br i1 %cmp5, label %for.body6, label %for.end

for.body6:                                        ; preds = %for.cond4
  %6 = load ptr, ptr %x.addr, align 8
  %7 = load i64, ptr %k, align 8
  %arrayidx = getelementptr inbounds double, ptr %6, i64 %7
  %8 = load double, ptr %arrayidx, align 8
  %cmp7 = fcmp olt double %8, 0.000000e+00
  br i1 %cmp7, label %if.then, label %if.end

if.then:                                          ; preds = %for.body6
  br label %for.end

if.end:                                           ; preds = %for.body6
  %9 = load ptr, ptr %x.addr, align 8
  %10 = load i64, ptr %i, align 8
  %arrayidx8 = getelementptr inbounds double, ptr %9, i64 %10
  %11 = load double, ptr %arrayidx8, align 8
  %12 = load ptr, ptr %x.addr, align 8
  %13 = load i64, ptr %j, align 8
  %arrayidx9 = getelementptr inbounds double, ptr %12, i64 %13
  %14 = load double, ptr %arrayidx9, align 8
  %15 = load ptr, ptr %x.addr, align 8
  %16 = load i64, ptr %k, align 8
  %arrayidx10 = getelementptr inbounds double, ptr %15, i64 %16
  %17 = load double, ptr %arrayidx10, align 8
  %neg = fneg double %17
  %18 = call double @llvm.fmuladd.f64(double %11, double %14, double %neg)
  %19 = load double, ptr %sum, align 8
  %add = fadd double %19, %18
  store double %add, ptr %sum, align 8
  %20 = load double, ptr %sum, align 8
  %21 = load i64, ptr %m.addr, align 8
  %conv = sitofp i64 %21 to double
  %cmp11 = fcmp ogt double %20, %conv
  br i1 %cmp11, label %if.then13, label %if.end21

if.then13:                                        ; preds = %if.end
  %22 = load double, ptr %sum, align 8
  %23 = load i64, ptr %i, align 8
  %mul = mul nsw i64 100, %23
  %conv14 = sitofp i64 %mul to double
  %add15 = fadd double %22, %conv14
  %24 = load i64, ptr %j, align 8
  %mul16 = mul nsw i64 10, %24
  %conv17 = sitofp i64 %mul16 to double
  %add18 = fadd double %add15, %conv17
  %25 = load i64, ptr %k, align 8
  %conv19 = sitofp i64 %25 to double
  %add20 = fadd double %add18, %conv19
  store double %add20, ptr %retval, align 8
  br label %return

if.end21:                                         ; preds = %if.end
  br label %for.inc

for.inc:                                          ; preds = %if.end21
  %26 = load i64, ptr %k, align 8
  %inc = add nsw i64 %26, 1
  store i64 %inc, ptr %k, align 8
  br label %for.cond4

for.end:                                          ; preds = %if.then, %for.cond4
  br label %for.inc22

for.inc22:                                        ; preds = %for.end
  %27 = load i64, ptr %j, align 8
  %inc23 = add nsw i64 %27, 1
  store i64 %inc23, ptr %j, align 8
  br label %for.cond1

for.end24:                                        ; preds = %for.cond1
  br label %for.inc25

for.inc25:                                        ; preds = %for.end24
  %28 = load i64, ptr %i, align 8
  %inc26 = add nsw i64 %28, 1
  store i64 %inc26, ptr %i, align 8
  br label %for.cond

for.end27:                                        ; preds = %for.cond
  %29 = load double, ptr %sum, align 8
  store double %29, ptr %retval, align 8
  br label %return

return:                                           ; preds = %for.end27, %if.then13
  %30 = load double, ptr %retval, align 8
  ret double %30
}

define double @break_outermost_of_three(ptr %x, i64 %n, i64 %m) {
entry:
  %x.addr = alloca ptr, align 8
  %n.addr = alloca i64, align 8
  %m.addr = alloca i64, align 8
  %sum = alloca double, align 8
  %i = alloca i64, align 8
  %j = alloca i64, align 8
  %k = alloca i64, align 8
  store ptr %x, ptr %x.addr, align 8
  store i64 %n, ptr %n.addr, align 8
  store i64 %m, ptr %m.addr, align 8
  store double 0.000000e+00, ptr %sum, align 8
  store i64 0, ptr %j, align 8
  store i64 0, ptr %k, align 8
  store i64 0, ptr %i, align 8
  br label %for.cond

for.cond:                                         ; preds = %for.inc18, %entry
  %0 = load i64, ptr %i, align 8
  %1 = load i64, ptr %n.addr, align 8
  %cmp = icmp slt i64 %0, %1
  br i1 %cmp, label %for.body, label %for.end20

for.body:                                         ; preds = %for.cond
  store i64 0, ptr %j, align 8
  br label %for.cond1

for.cond1:                                        ; preds = %for.inc15, %for.body
  %2 = load i64, ptr %j, align 8
  %3 = load i64, ptr %n.addr, align 8
  %cmp2 = icmp slt i64 %2, %3
  br i1 %cmp2, label %for.body3, label %for.end17

for.body3:                                        ; preds = %for.cond1
  store i64 0, ptr %k, align 8
  br label %for.cond4

for.cond4:                                        ; preds = %for.inc, %for.body3
  %4 = load i64, ptr %k, align 8
  %5 = load i64, ptr %n.addr, align 8
  %cmp5 = icmp slt i64 %4, %5
  br i1 %cmp5, label %for.body6, label %for.end

for.body6:                                        ; preds = %for.cond4
  %6 = load ptr, ptr %x.addr, align 8
  %7 = load i64, ptr %k, align 8
  %arrayidx = getelementptr inbounds double, ptr %6, i64 %7
  %8 = load double, ptr %arrayidx, align 8
  %cmp7 = fcmp olt double %8, 0.000000e+00
  br i1 %cmp7, label %if.then, label %if.end

if.then:                                          ; preds = %for.body6
  br label %for.inc

if.end:                                           ; preds = %for.body6
  %9 = load ptr, ptr %x.addr, align 8
  %10 = load i64, ptr %i, align 8
  %arrayidx8 = getelementptr inbounds double, ptr %9, i64 %10
  %11 = load double, ptr %arrayidx8, align 8
  %12 = load ptr, ptr %x.addr, align 8
  %13 = load i64, ptr %k, align 8
  %arrayidx9 = getelementptr inbounds double, ptr %12, i64 %13
  %14 = load double, ptr %arrayidx9, align 8
  %15 = load ptr, ptr %x.addr, align 8
  %16 = load i64, ptr %j, align 8
  %arrayidx10 = getelementptr inbounds double, ptr %15, i64 %16
  %17 = load double, ptr %arrayidx10, align 8
  %18 = call double @llvm.fmuladd.f64(double %11, double %14, double %17)
  %19 = load double, ptr %sum, align 8
  %add = fadd double %19, %18
  store double %add, ptr %sum, align 8
  %20 = load double, ptr %sum, align 8
  %21 = load i64, ptr %m.addr, align 8
  %conv = sitofp i64 %21 to double
  %cmp11 = fcmp ogt double %20, %conv
  br i1 %cmp11, label %if.then13, label %if.end14

if.then13:                                        ; preds = %if.end
  br label %outside

if.end14:                                         ; preds = %if.end
  br label %for.inc

for.inc:                                          ; preds = %if.end14, %if.then
  %22 = load i64, ptr %k, align 8
  %inc = add nsw i64 %22, 1
  store i64 %inc, ptr %k, align 8
  br label %for.cond4

for.end:                                          ; preds = %for.cond4
  br label %for.inc15

for.inc15:                                        ; preds = %for.end
  %23 = load i64, ptr %j, align 8
  %inc16 = add nsw i64 %23, 1
  store i64 %inc16, ptr %j, align 8
  br label %for.cond1

for.end17:                                        ; preds = %for.cond1
  br label %for.inc18

for.inc18:                                        ; preds = %for.end17
  %24 = load i64, ptr %i, align 8
  %inc19 = add nsw i64 %24, 1
  store i64 %inc19, ptr %i, align 8
  br label %for.cond

for.end20:                                        ; preds = %for.cond
  br label %outside

outside:                                          ; preds = %for.end20, %if.then13
  %25 = load double, ptr %sum, align 8
  %26 = load i64, ptr %i, align 8
  %mul = mul nsw i64 100, %26
  %conv21 = sitofp i64 %mul to double
  %add22 = fadd double %25, %conv21
  %27 = load i64, ptr %j, align 8
  %mul23 = mul nsw i64 10, %27
  %conv24 = sitofp i64 %mul23 to double
  %add25 = fadd double %add22, %conv24
  %28 = load i64, ptr %k, align 8
  %conv26 = sitofp i64 %28 to double
  %add27 = fadd double %add25, %conv26
  ret double %add27
}

define double @break_middle_of_three(ptr %x, i64 %n, i64 %m) {
entry:
  %x.addr = alloca ptr, align 8
  %n.addr = alloca i64, align 8
  %m.addr = alloca i64, align 8
  %sum = alloca double, align 8
  %i = alloca i64, align 8
  %j = alloca i64, align 8
  %k = alloca i64, align 8
  store ptr %x, ptr %x.addr, align 8
  store i64 %n, ptr %n.addr, align 8
  store i64 %m, ptr %m.addr, align 8
  store double 0.000000e+00, ptr %sum, align 8
  store i64 0, ptr %i, align 8
  br label %for.cond

for.cond:                                         ; preds = %for.inc19, %entry
  %0 = load i64, ptr %i, align 8
  %1 = load i64, ptr %n.addr, align 8
  %cmp = icmp slt i64 %0, %1
  br i1 %cmp, label %for.body, label %for.end21

for.body:                                         ; preds = %for.cond
  store i64 0, ptr %j, align 8
  br label %for.cond1

for.cond1:                                        ; preds = %for.inc15, %for.body
  %2 = load i64, ptr %j, align 8
  %3 = load i64, ptr %n.addr, align 8
  %cmp2 = icmp slt i64 %2, %3
  br i1 %cmp2, label %for.body3, label %for.end17

for.body3:                                        ; preds = %for.cond1
  store i64 0, ptr %k, align 8
  br label %for.cond4

for.cond4:                                        ; preds = %for.inc, %for.body3
  %4 = load i64, ptr %k, align 8
  %5 = load i64, ptr %n.addr, align 8
  %cmp5 = icmp slt i64 %4, %5
  br i1 %cmp5, label %for.body6, label %for.end

for.body6:                                        ; preds = %for.cond4
  %6 = load ptr, ptr %x.addr, align 8
  %7 = load i64, ptr %k, align 8
  %arrayidx = getelementptr inbounds double, ptr %6, i64 %7
  %8 = load double, ptr %arrayidx, align 8
  %cmp7 = fcmp olt double %8, 0.000000e+00
  br i1 %cmp7, label %if.then, label %if.end

if.then:                                          ; preds = %for.body6
  br label %for.inc

if.end:                                           ; preds = %for.body6
  %9 = load ptr, ptr %x.addr, align 8
  %10 = load i64, ptr %i, align 8
  %arrayidx8 = getelementptr inbounds double, ptr %9, i64 %10
  %11 = load double, ptr %arrayidx8, align 8
  %12 = load ptr, ptr %x.addr, align 8
  %13 = load i64, ptr %k, align 8
  %arrayidx9 = getelementptr inbounds double, ptr %12, i64 %13
  %14 = load double, ptr %arrayidx9, align 8
  %15 = load ptr, ptr %x.addr, align 8
  %16 = load i64, ptr %j, align 8
  %arrayidx10 = getelementptr inbounds double, ptr %15, i64 %16
  %17 = load double, ptr %arrayidx10, align 8
  %18 = call double @llvm.fmuladd.f64(double %11, double %14, double %17)
  %19 = load double, ptr %sum, align 8
  %add = fadd double %19, %18
  store double %add, ptr %sum, align 8
  %20 = load double, ptr %sum, align 8
  %21 = load i64, ptr %m.addr, align 8
  %conv = sitofp i64 %21 to double
  %cmp11 = fcmp ogt double %20, %conv
  br i1 %cmp11, label %if.then13, label %if.end14

if.then13:                                        ; preds = %if.end
  br label %next

if.end14:                                         ; preds = %if.end
  br label %for.inc

for.inc:                                          ; preds = %if.end14, %if.then
  %22 = load i64, ptr %k, align 8
  %inc = add nsw i64 %22, 1
  store i64 %inc, ptr %k, align 8
  br label %for.cond4

for.end:                                          ; preds = %for.cond4
  br label %for.inc15

for.inc15:                                        ; preds = %for.end
  %23 = load i64, ptr %j, align 8
  %inc16 = add nsw i64 %23, 1
  store i64 %inc16, ptr %j, align 8
  br label %for.cond1

for.end17:                                        ; preds = %for.cond1
  %24 = load double, ptr %sum, align 8
  %add18 = fadd double %24, 7.000000e+00
  store double %add18, ptr %sum, align 8
  br label %next

next:                                             ; preds = %for.end17, %if.then13
  %25 = load double, ptr %sum, align 8
  %mul = fmul double %25, 2.500000e-01
  store double %mul, ptr %sum, align 8
  br label %for.inc19

for.inc19:                                        ; preds = %next
  %26 = load i64, ptr %i, align 8
  %inc20 = add nsw i64 %26, 1
  store i64 %inc20, ptr %i, align 8
  br label %for.cond

for.end21:                                        ; preds = %for.cond
  %27 = load double, ptr %sum, align 8
  ret double %27
}

define double @two_different_exits(ptr %x, i64 %n, i64 %m) {
entry:
  %retval = alloca double, align 8
  %x.addr = alloca ptr, align 8
  %n.addr = alloca i64, align 8
  %m.addr = alloca i64, align 8
  %sum = alloca double, align 8
  %i = alloca i64, align 8
  %inner = alloca double, align 8
  %j = alloca i64, align 8
  store ptr %x, ptr %x.addr, align 8
  store i64 %n, ptr %n.addr, align 8
  store i64 %m, ptr %m.addr, align 8
  store double 0.000000e+00, ptr %sum, align 8
  store i64 0, ptr %i, align 8
  br label %for.cond

for.cond:                                         ; preds = %for.inc16, %entry
  %0 = load i64, ptr %i, align 8
  %1 = load i64, ptr %n.addr, align 8
  %cmp = icmp slt i64 %0, %1
  br i1 %cmp, label %for.body, label %for.end18

for.body:                                         ; preds = %for.cond
  store double 1.000000e+00, ptr %inner, align 8
  store i64 0, ptr %j, align 8
  br label %for.cond1

for.cond1:                                        ; preds = %for.inc, %for.body
  %2 = load i64, ptr %j, align 8
  %3 = load i64, ptr %n.addr, align 8
  %cmp2 = icmp slt i64 %2, %3
  br i1 %cmp2, label %for.body3, label %for.end

for.body3:                                        ; preds = %for.cond1
  %4 = load ptr, ptr %x.addr, align 8
  %5 = load i64, ptr %j, align 8
  %arrayidx = getelementptr inbounds double, ptr %4, i64 %5
  %6 = load double, ptr %arrayidx, align 8
  %7 = load double, ptr %inner, align 8
  %add = fadd double %7, %6
  store double %add, ptr %inner, align 8
  %8 = load double, ptr %inner, align 8
  %9 = load i64, ptr %m.addr, align 8
  %conv = sitofp i64 %9 to double
  %cmp4 = fcmp ogt double %8, %conv
  br i1 %cmp4, label %if.then, label %if.end

if.then:                                          ; preds = %for.body3
  %10 = load double, ptr %inner, align 8
  %mul = fmul double %10, 3.000000e+00
  store double %mul, ptr %retval, align 8
  br label %return

if.end:                                           ; preds = %for.body3
  %11 = load double, ptr %inner, align 8
  %cmp6 = fcmp olt double %11, -2.000000e+00
  br i1 %cmp6, label %if.then8, label %if.end9

if.then8:                                         ; preds = %if.end
  br label %below

if.end9:                                          ; preds = %if.end
  %12 = load ptr, ptr %x.addr, align 8
  %13 = load i64, ptr %j, align 8
  %arrayidx10 = getelementptr inbounds double, ptr %12, i64 %13
  %14 = load double, ptr %arrayidx10, align 8
  %cmp11 = fcmp ogt double %14, 2.000000e+00
  br i1 %cmp11, label %if.then13, label %if.end14

if.then13:                                        ; preds = %if.end9
  br label %for.inc

if.end14:                                         ; preds = %if.end9
  %15 = load double, ptr %inner, align 8
  %16 = load double, ptr %sum, align 8
  %add15 = fadd double %16, %15
  store double %add15, ptr %sum, align 8
  br label %for.inc

for.inc:                                          ; preds = %if.end14, %if.then13
  %17 = load i64, ptr %j, align 8
  %inc = add nsw i64 %17, 1
  store i64 %inc, ptr %j, align 8
  br label %for.cond1

for.end:                                          ; preds = %for.cond1
  %18 = load double, ptr %inner, align 8
  %19 = load double, ptr %sum, align 8
  %sub = fsub double %19, %18
  store double %sub, ptr %sum, align 8
  br label %for.inc16

for.inc16:                                        ; preds = %for.end
  %20 = load i64, ptr %i, align 8
  %inc17 = add nsw i64 %20, 1
  store i64 %inc17, ptr %i, align 8
  br label %for.cond

for.end18:                                        ; preds = %for.cond
  %21 = load double, ptr %sum, align 8
  store double %21, ptr %retval, align 8
  br label %return

below:                                            ; preds = %if.then8
  %22 = load double, ptr %sum, align 8
  %23 = call double @llvm.fmuladd.f64(double %22, double 5.000000e+00, double 1.000000e+00)
  store double %23, ptr %retval, align 8
  br label %return

return:                                           ; preds = %below, %for.end18, %if.then
  %24 = load double, ptr %retval, align 8
  ret double %24
}

define double @exits_by_switch(ptr %x, i64 %n, i64 %m) {
entry:
  %retval = alloca double, align 8
  %x.addr = alloca ptr, align 8
  %n.addr = alloca i64, align 8
  %m.addr = alloca i64, align 8
  %sum = alloca double, align 8
  %i = alloca i64, align 8
  %j = alloca i64, align 8
  store ptr %x, ptr %x.addr, align 8
  store i64 %n, ptr %n.addr, align 8
  store i64 %m, ptr %m.addr, align 8
  store double 0.000000e+00, ptr %sum, align 8
  store i64 0, ptr %i, align 8
  br label %for.cond

for.cond:                                         ; preds = %for.inc14, %entry
  %0 = load i64, ptr %i, align 8
  %1 = load i64, ptr %n.addr, align 8
  %cmp = icmp slt i64 %0, %1
  br i1 %cmp, label %for.body, label %for.end16

for.body:                                         ; preds = %for.cond
  store i64 0, ptr %j, align 8
  br label %for.cond1

for.cond1:                                        ; preds = %for.inc, %for.body
  %2 = load i64, ptr %j, align 8
  %3 = load i64, ptr %n.addr, align 8
  %cmp2 = icmp slt i64 %2, %3
  br i1 %cmp2, label %for.body3, label %for.end

for.body3:                                        ; preds = %for.cond1
  %4 = load ptr, ptr %x.addr, align 8
  %5 = load i64, ptr %j, align 8
  %arrayidx = getelementptr inbounds double, ptr %4, i64 %5
  %6 = load double, ptr %arrayidx, align 8
  %mul = fmul double %6, 2.000000e+00
  %conv = fptosi double %mul to i64
  %7 = load i64, ptr %m.addr, align 8
  %add = add nsw i64 %conv, %7
  switch i64 %add, label %sw.default [
    i64 0, label %sw.bb
    i64 1, label %sw.bb5
    i64 5, label %sw.bb5
    i64 2, label %sw.bb7
    i64 3, label %sw.bb8
    i64 4, label %sw.bb11
  ]

sw.bb:                                            ; preds = %for.body3
  %8 = load double, ptr %sum, align 8
  %add4 = fadd double %8, 1.000000e+00
  store double %add4, ptr %sum, align 8
  br label %for.inc

sw.bb5:                                           ; preds = %for.body3, %for.body3
  %9 = load double, ptr %sum, align 8
  %add6 = fadd double %9, 5.000000e-01
  store double %add6, ptr %retval, align 8
  br label %return

sw.bb7:                                           ; preds = %for.body3
  br label %outside

sw.bb8:                                           ; preds = %for.body3
  %10 = load ptr, ptr %x.addr, align 8
  %11 = load i64, ptr %i, align 8
  %arrayidx9 = getelementptr inbounds double, ptr %10, i64 %11
  %12 = load double, ptr %arrayidx9, align 8
  %13 = load double, ptr %sum, align 8
  %add10 = fadd double %13, %12
  store double %add10, ptr %sum, align 8
  br label %sw.epilog

sw.bb11:                                          ; preds = %for.body3
  br label %next

sw.default:                                       ; preds = %for.body3
  %14 = load ptr, ptr %x.addr, align 8
  %15 = load i64, ptr %j, align 8
  %arrayidx12 = getelementptr inbounds double, ptr %14, i64 %15
  %16 = load double, ptr %arrayidx12, align 8
  %17 = load double, ptr %sum, align 8
  %sub = fsub double %17, %16
  store double %sub, ptr %sum, align 8
  br label %sw.epilog

sw.epilog:                                        ; preds = %sw.default, %sw.bb8
  %18 = load double, ptr %sum, align 8
  %mul13 = fmul double %18, 1.500000e+00
  store double %mul13, ptr %sum, align 8
  br label %for.inc

next:                                             ; preds = %sw.bb11
  br label %for.end

for.inc:                                          ; preds = %sw.epilog, %sw.bb
  %19 = load i64, ptr %j, align 8
  %inc = add nsw i64 %19, 1
  store i64 %inc, ptr %j, align 8
  br label %for.cond1

for.end:                                          ; preds = %next, %for.cond1
  br label %for.inc14

for.inc14:                                        ; preds = %for.end
  %20 = load i64, ptr %i, align 8
  %inc15 = add nsw i64 %20, 1
  store i64 %inc15, ptr %i, align 8
  br label %for.cond

for.end16:                                        ; preds = %for.cond
  %21 = load double, ptr %sum, align 8
  store double %21, ptr %retval, align 8
  br label %return

outside:                                          ; preds = %sw.bb7
  %22 = load double, ptr %sum, align 8
  %sub17 = fsub double %22, 1.000000e+02
  store double %sub17, ptr %retval, align 8
  br label %return

return:                                           ; preds = %outside, %for.end16, %sw.bb5
  %23 = load double, ptr %retval, align 8
  ret double %23
}

define double @values_through_both(ptr %x, i64 %n, i64 %m) {
entry:
  %retval = alloca double, align 8
  %x.addr = alloca ptr, align 8
  %n.addr = alloca i64, align 8
  %m.addr = alloca i64, align 8
  %a = alloca double, align 8
  %b = alloca double, align 8
  %c = alloca double, align 8
  %steps = alloca i64, align 8
  %i = alloca i64, align 8
  %old = alloca double, align 8
  %j = alloca i64, align 8
  %t = alloca double, align 8
  store ptr %x, ptr %x.addr, align 8
  store i64 %n, ptr %n.addr, align 8
  store i64 %m, ptr %m.addr, align 8
  store double 1.000000e+00, ptr %a, align 8
  store double 2.000000e+00, ptr %b, align 8
  store double 3.000000e+00, ptr %c, align 8
  store i64 0, ptr %steps, align 8
  store i64 0, ptr %i, align 8
  br label %for.cond

for.cond:                                         ; preds = %for.inc17, %entry
  %0 = load i64, ptr %i, align 8
  %1 = load i64, ptr %n.addr, align 8
  %cmp = icmp slt i64 %0, %1
  br i1 %cmp, label %for.body, label %for.end19

for.body:                                         ; preds = %for.cond
  %2 = load double, ptr %a, align 8
  store double %2, ptr %old, align 8
  %3 = load i64, ptr %i, align 8
  store i64 %3, ptr %j, align 8
  br label %for.cond1

for.cond1:                                        ; preds = %for.inc, %for.body
  %4 = load i64, ptr %j, align 8
  %5 = load i64, ptr %n.addr, align 8
  %cmp2 = icmp slt i64 %4, %5
  br i1 %cmp2, label %for.body3, label %for.end

for.body3:                                        ; preds = %for.cond1
  %6 = load double, ptr %a, align 8
  %7 = load ptr, ptr %x.addr, align 8
  %8 = load i64, ptr %j, align 8
  %arrayidx = getelementptr inbounds double, ptr %7, i64 %8
  %9 = load double, ptr %arrayidx, align 8
  %add = fadd double %6, %9
  store double %add, ptr %t, align 8
  %10 = load double, ptr %b, align 8
  store double %10, ptr %a, align 8
  %11 = load double, ptr %c, align 8
  %mul = fmul double %11, 5.000000e-01
  store double %mul, ptr %b, align 8
  %12 = load double, ptr %t, align 8
  store double %12, ptr %c, align 8
  %13 = load i64, ptr %steps, align 8
  %inc = add nsw i64 %13, 1
  store i64 %inc, ptr %steps, align 8
  %14 = load double, ptr %t, align 8
  %15 = load i64, ptr %m.addr, align 8
  %conv = sitofp i64 %15 to double
  %cmp4 = fcmp ogt double %14, %conv
  br i1 %cmp4, label %if.then, label %if.end

if.then:                                          ; preds = %for.body3
  %16 = load double, ptr %a, align 8
  %17 = load double, ptr %b, align 8
  %18 = call double @llvm.fmuladd.f64(double 1.000000e+01, double %17, double %16)
  %19 = load double, ptr %c, align 8
  %20 = call double @llvm.fmuladd.f64(double 1.000000e+02, double %19, double %18)
  %21 = load i64, ptr %steps, align 8
  %conv8 = sitofp i64 %21 to double
  %add9 = fadd double %20, %conv8
  %22 = load double, ptr %old, align 8
  %add10 = fadd double %add9, %22
  store double %add10, ptr %retval, align 8
  br label %return

if.end:                                           ; preds = %for.body3
  %23 = load double, ptr %t, align 8
  %cmp11 = fcmp olt double %23, -1.000000e+00
  br i1 %cmp11, label %if.then13, label %if.end14

if.then13:                                        ; preds = %if.end
  br label %out

if.end14:                                         ; preds = %if.end
  br label %for.inc

for.inc:                                          ; preds = %if.end14
  %24 = load i64, ptr %j, align 8
  %inc15 = add nsw i64 %24, 1
  store i64 %inc15, ptr %j, align 8
  br label %for.cond1

for.end:                                          ; preds = %for.cond1
  %25 = load double, ptr %old, align 8
  %26 = load double, ptr %c, align 8
  %add16 = fadd double %26, %25
  store double %add16, ptr %c, align 8
  br label %for.inc17

for.inc17:                                        ; preds = %for.end
  %27 = load i64, ptr %i, align 8
  %inc18 = add nsw i64 %27, 1
  store i64 %inc18, ptr %i, align 8
  br label %for.cond

for.end19:                                        ; preds = %for.cond
  br label %out

out:                                              ; preds = %for.end19, %if.then13
  %28 = load double, ptr %a, align 8
  %29 = load double, ptr %b, align 8
  %30 = call double @llvm.fmuladd.f64(double 3.000000e+00, double %29, double %28)
  %31 = load double, ptr %c, align 8
  %32 = call double @llvm.fmuladd.f64(double 9.000000e+00, double %31, double %30)
  %33 = load i64, ptr %steps, align 8
  %conv22 = sitofp i64 %33 to double
  %add23 = fadd double %32, %conv22
  store double %add23, ptr %retval, align 8
  br label %return

return:                                           ; preds = %out, %if.then
  %34 = load double, ptr %retval, align 8
  ret double %34
}

define double @endless_until_found(ptr %x, i64 %n, i64 %m) {
entry:
  %retval = alloca double, align 8
  %x.addr = alloca ptr, align 8
  %n.addr = alloca i64, align 8
  %m.addr = alloca i64, align 8
  %i = alloca i64, align 8
  %rounds = alloca i64, align 8
  store ptr %x, ptr %x.addr, align 8
  store i64 %n, ptr %n.addr, align 8
  store i64 %m, ptr %m.addr, align 8
  store i64 0, ptr %i, align 8
  store i64 0, ptr %rounds, align 8
  br label %for.cond

for.cond:                                         ; preds = %for.end, %entry
  br label %for.cond1

for.cond1:                                        ; preds = %if.end16, %for.cond
  %0 = load i64, ptr %rounds, align 8
  %inc = add nsw i64 %0, 1
  store i64 %inc, ptr %rounds, align 8
  %cmp = icmp sgt i64 %0, 50
  br i1 %cmp, label %if.then, label %if.end

if.then:                                          ; preds = %for.cond1
  %1 = load i64, ptr %rounds, align 8
  %sub = sub nsw i64 0, %1
  %conv = sitofp i64 %sub to double
  store double %conv, ptr %retval, align 8
  br label %return

if.end:                                           ; preds = %for.cond1
  %2 = load ptr, ptr %x.addr, align 8
  %3 = load i64, ptr %i, align 8
  %arrayidx = getelementptr inbounds double, ptr %2, i64 %3
  %4 = load double, ptr %arrayidx, align 8
  %5 = load i64, ptr %m.addr, align 8
  %conv2 = sitofp i64 %5 to double
  %cmp3 = fcmp ogt double %4, %conv2
  br i1 %cmp3, label %if.then5, label %if.end8

if.then5:                                         ; preds = %if.end
  %6 = load ptr, ptr %x.addr, align 8
  %7 = load i64, ptr %i, align 8
  %arrayidx6 = getelementptr inbounds double, ptr %6, i64 %7
  %8 = load double, ptr %arrayidx6, align 8
  %9 = load i64, ptr %rounds, align 8
  %conv7 = sitofp i64 %9 to double
  %add = fadd double %8, %conv7
  store double %add, ptr %retval, align 8
  br label %return

if.end8:                                          ; preds = %if.end
  %10 = load i64, ptr %i, align 8
  %add9 = add nsw i64 %10, 1
  %11 = load i64, ptr %n.addr, align 8
  %cmp10 = icmp eq i64 %add9, %11
  br i1 %cmp10, label %cond.true, label %cond.false

cond.true:                                        ; preds = %if.end8
  br label %cond.end

cond.false:                                       ; preds = %if.end8
  %12 = load i64, ptr %i, align 8
  %add12 = add nsw i64 %12, 1
  br label %cond.end

cond.end:                                         ; preds = %cond.false, %cond.true
  %cond = phi i64 [ 0, %cond.true ], [ %add12, %cond.false ]
  store i64 %cond, ptr %i, align 8
  %13 = load i64, ptr %i, align 8
  %cmp13 = icmp eq i64 %13, 3
  br i1 %cmp13, label %if.then15, label %if.end16

if.then15:                                        ; preds = %cond.end
  br label %for.end

if.end16:                                         ; preds = %cond.end
  br label %for.cond1

for.end:                                          ; preds = %if.then15
  %14 = load i64, ptr %n.addr, align 8
  %sub17 = sub nsw i64 %14, 1
  store i64 %sub17, ptr %i, align 8
  br label %for.cond

return:                                           ; preds = %if.then5, %if.then
  %15 = load double, ptr %retval, align 8
  ret double %15
}

