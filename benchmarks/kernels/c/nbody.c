/* The energy of many bodies: see src/nbody.rs. */
#include "answer.h"

static const double softening = 1e-2;
static long count;
static double *all_masses;

static void energy(long n, const double *restrict masses, const double *restrict positions,
                   const double *restrict velocities, double *restrict out) {
    double sum = 0;
    for (long i = 0; i < n; i++) {
        const double *p = positions + 3 * i, *v = velocities + 3 * i;
        sum += 0.5 * masses[i] * (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        for (long j = i + 1; j < n; j++) {
            const double *q = positions + 3 * j;
            double a = p[0] - q[0], b = p[1] - q[1], c = p[2] - q[2];
            sum -= masses[i] * masses[j] / sqrt(a * a + b * b + c * c + softening);
        }
    }
    *out = sum;
}

static long prepare(long size, double **x) {
    count = size;
    *x = take(6 * size, 1.0);
    all_masses = take(size, 0.5);
    for (long i = 0; i < size; i++)
        all_masses[i] += 1.0;
    return 6 * size;
}

static double primal(const double *x) {
    double value;
    energy(count, all_masses, x, x + 3 * count, &value);
    return value;
}

static double gradient(const double *x, double *dx) {
    double value, seed = 1;
    __enzyme_autodiff((void *)energy, enzyme_const, count, enzyme_const, all_masses, enzyme_dup, x, dx, enzyme_dup,
                      x + 3 * count, dx + 3 * count, enzyme_dup, &value, &seed);
    return value;
}
