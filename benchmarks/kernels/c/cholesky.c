/* Many small systems: see src/cholesky.rs. */
#include "answer.h"

enum { ORDER = 6, TRIANGLE = ORDER * (ORDER + 1) / 2, SYSTEM = TRIANGLE + ORDER };

static long count;

static void solve(const double *restrict system, double *restrict out) {
    const double *b = system + TRIANGLE;
    double factor[ORDER][ORDER], x[ORDER], sum = 0;
    for (int i = 0; i < ORDER; i++)
        for (int j = 0; j <= i; j++) {
            double rest = system[i * (i + 1) / 2 + j];
            for (int k = 0; k < j; k++)
                rest -= factor[i][k] * factor[j][k];
            factor[i][j] = i == j ? sqrt(rest) : rest / factor[j][j];
        }
    for (int i = 0; i < ORDER; i++) {
        double rest = b[i];
        for (int k = 0; k < i; k++)
            rest -= factor[i][k] * x[k];
        x[i] = rest / factor[i][i];
    }
    for (int i = ORDER - 1; i >= 0; i--) {
        double rest = x[i];
        for (int k = i + 1; k < ORDER; k++)
            rest -= factor[k][i] * x[k];
        x[i] = rest / factor[i][i];
    }
    for (int i = 0; i < ORDER; i++)
        sum += x[i] * x[i];
    *out = sum;
}

static long prepare(long size, double **x) {
    count = size;
    *x = take(size * SYSTEM, 1.0);
    for (long s = 0; s < size; s++)
        for (int i = 0; i < ORDER; i++)
            (*x)[s * SYSTEM + i * (i + 1) / 2 + i] += 6.0;
    return size * SYSTEM;
}

static double primal(const double *x) {
    double sum = 0;
    for (long s = 0; s < count; s++) {
        double value;
        solve(x + s * SYSTEM, &value);
        sum += value;
    }
    return sum;
}

static double gradient(const double *x, double *dx) {
    double sum = 0;
    for (long s = 0; s < count; s++) {
        double value, seed = 1;
        __enzyme_autodiff((void *)solve, enzyme_dup, x + s * SYSTEM, dx + s * SYSTEM, enzyme_dup, &value, &seed);
        sum += value;
    }
    return sum;
}
