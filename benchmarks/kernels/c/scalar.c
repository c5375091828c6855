/* A function of one number, called many times: see src/scalar.rs. */
#include "answer.h"

extern double __enzyme_autodiff_of_number(void *, ...);

static long length;

static void wave(double x, double *restrict out) { *out = sin(x) * exp(-0.1 * x * x) + sqrt(1.0 + x * x); }

static long prepare(long size, double **x) {
    length = size;
    *x = take(size, 2.0);
    return size;
}

static double primal(const double *x) {
    double sum = 0;
    for (long i = 0; i < length; i++) {
        double value;
        wave(x[i], &value);
        sum += value;
    }
    return sum;
}

static double gradient(const double *x, double *dx) {
    double sum = 0;
    for (long i = 0; i < length; i++) {
        double value, seed = 1;
        dx[i] += __enzyme_autodiff_of_number((void *)wave, x[i], enzyme_dup, &value, &seed);
        sum += value;
    }
    return sum;
}
