/* Loops that are left early, by name; early_exits.ll is this file through
 *   clang-15 -S -emit-llvm -O0 -Xclang -disable-O0-optnone -Xclang -opaque-pointers -fno-discard-value-names
 * with the attribute groups, the target and the metadata taken out. */

double return_and_continue(const double *x, long n, long m) {
  double sum = 0;
  for (long i = 0; i < n; i++) {
    if (x[i] < 0) continue;
    sum += x[i] * x[i];
    if (sum > m) return sum + i;
    sum *= 0.5;
  }
  return sum;
}

double return_from_two(const double *x, long n, long m) {
  double sum = 0;
  for (long i = 0; i < n; i++) {
    for (long j = 0; j < n; j++) {
      if (x[j] < 0) continue;
      sum += x[i] * x[j];
      if (sum > m) return sum;
    }
    sum -= i;
  }
  return -sum;
}

double return_from_three(const double *x, long n, long m) {
  double sum = 0;
  for (long i = 0; i < n; i++)
    for (long j = 0; j <= i; j++)
      for (long k = 0; k <= j; k++) {
        if (x[k] < 0) break;
        sum += x[i] * x[j] - x[k];
        if (sum > m) return sum + 100 * i + 10 * j + k;
      }
  return sum;
}

double break_outermost_of_three(const double *x, long n, long m) {
  double sum = 0;
  long i, j = 0, k = 0;
  for (i = 0; i < n; i++)
    for (j = 0; j < n; j++)
      for (k = 0; k < n; k++) {
        if (x[k] < 0) continue;
        sum += x[i] * x[k] + x[j];
        if (sum > m) goto outside;
      }
outside:
  return sum + 100 * i + 10 * j + k;
}

double break_middle_of_three(const double *x, long n, long m) {
  double sum = 0;
  for (long i = 0; i < n; i++) {
    for (long j = 0; j < n; j++)
      for (long k = 0; k < n; k++) {
        if (x[k] < 0) continue;
        sum += x[i] * x[k] + x[j];
        if (sum > m) goto next;
      }
    sum += 7;
  next:
    sum *= 0.25;
  }
  return sum;
}

double two_different_exits(const double *x, long n, long m) {
  double sum = 0;
  for (long i = 0; i < n; i++) {
    double inner = 1;
    for (long j = 0; j < n; j++) {
      inner += x[j];
      if (inner > m) return inner * 3;
      if (inner < -2) goto below;
      if (x[j] > 2) continue;
      sum += inner;
    }
    sum -= inner;
  }
  return sum;
below:
  return sum * 5 + 1;
}

double exits_by_switch(const double *x, long n, long m) {
  double sum = 0;
  for (long i = 0; i < n; i++)
    for (long j = 0; j < n; j++) {
      switch ((long)(x[j] * 2) + m) {
      case 0: sum += 1; continue;
      case 1: case 5: return sum + 0.5;
      case 2: goto outside;
      case 3: sum += x[i]; break;
      case 4: goto next;
      default: sum -= x[j];
      }
      sum *= 1.5;
      continue;
    next:
      break;
    }
  return sum;
outside:
  return sum - 100;
}

double values_through_both(const double *x, long n, long m) {
  double a = 1, b = 2, c = 3;
  long steps = 0;
  for (long i = 0; i < n; i++) {
    double old = a;
    for (long j = i; j < n; j++) {
      double t = a + x[j];
      a = b;
      b = c * 0.5;
      c = t;
      steps++;
      if (t > m) return a + 10 * b + 100 * c + steps + old;
      if (t < -1) goto out;
    }
    c += old;
  }
out:
  return a + 3 * b + 9 * c + steps;
}

double endless_until_found(const double *x, long n, long m) {
  long i = 0, rounds = 0;
  for (;;) {
    for (;;) {
      if (rounds++ > 50) return -rounds;
      if (x[i] > m) return x[i] + rounds;
      i = i + 1 == n ? 0 : i + 1;
      if (i == 3) break;
    }
    i = n - 1;
  }
}
