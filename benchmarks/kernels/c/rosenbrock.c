#include "answer.h"

static long length;

static void rosenbrock(long n, const double *restrict x, double *restrict out) {
    double sum = 0;
    for (long i = 0; i < n - 1; i++) {
        double valley = x[i + 1] - x[i] * x[i], slope = 1.0 - x[i];
        sum += 100.0 * (valley * valley) + slope * slope;
    }
    *out = sum;
}

static long prepare(long size, double **x) {
    length = size;
    *x = take(size, 1.0);
    return size;
}

static double primal(const double *x) {
    double value;
    rosenbrock(length, x, &value);
    return value;
}

static double gradient(const double *x, double *dx) {
    double value, seed = 1;
    __enzyme_autodiff((void *)rosenbrock, enzyme_const, length, enzyme_dup, x, dx, enzyme_dup, &value, &seed);
    return value;
}
