/* The Fourier transform in place: see src/fft.rs. */
#include "answer.h"

static long length;
static double *all_roots, *all_weights;

static void swap(double *a, double *b) {
    double held = *a;
    *a = *b;
    *b = held;
}

static void transform(long n, const double *restrict roots, double *restrict values) {
    for (long i = 0, j = 0; i < n; i++) {
        if (i < j) {
            swap(&values[2 * i], &values[2 * j]);
            swap(&values[2 * i + 1], &values[2 * j + 1]);
        }
        long bit = n / 2;
        while (bit > 0 && (j & bit)) {
            j ^= bit;
            bit /= 2;
        }
        j |= bit;
    }
    for (long half = 1; half < n; half *= 2) {
        long step = n / 2 / half;
        for (long block = 0; block < n; block += 2 * half) {
            for (long i = 0; i < half; i++) {
                double c = roots[2 * i * step], s = roots[2 * i * step + 1];
                double *e = values + 2 * (block + i), *o = e + 2 * half;
                double re = c * o[0] - s * o[1], im = c * o[1] + s * o[0];
                o[0] = e[0] - re;
                o[1] = e[1] - im;
                e[0] += re;
                e[1] += im;
            }
        }
    }
}

static void power(long n, const double *restrict roots, const double *restrict weights, const double *restrict x,
                  double *restrict out) {
    double *values = malloc((size_t)(2 * n) * sizeof(double)), sum = 0;
    memcpy(values, x, (size_t)(2 * n) * sizeof(double));
    transform(n, roots, values);
    for (long i = 0; i < n; i++)
        sum += weights[i] * (values[2 * i] * values[2 * i] + values[2 * i + 1] * values[2 * i + 1]);
    *out = sum;
    free(values);
}

static long prepare(long size, double **x) {
    length = size;
    *x = take(2 * size, 1.0);
    all_weights = take(size, 1.0);
    all_roots = room(size);
    for (long i = 0; i < size / 2; i++) {
        double angle = -2 * M_PI * (double)i / (double)size;
        all_roots[2 * i] = cos(angle);
        all_roots[2 * i + 1] = sin(angle);
    }
    return 2 * size;
}

static double primal(const double *x) {
    double value;
    power(length, all_roots, all_weights, x, &value);
    return value;
}

static double gradient(const double *x, double *dx) {
    double value, seed = 1;
    __enzyme_autodiff((void *)power, enzyme_const, length, enzyme_const, all_roots, enzyme_const, all_weights,
                      enzyme_dup, x, dx, enzyme_dup, &value, &seed);
    return value;
}
