/* The Brusselator: see src/brusselator.rs. */
#include "answer.h"

enum { STEPS = 10 };

static const double step = 0.05, diffusion = 0.5;
static long side;

static void react(long n, const double *restrict state, double *restrict slope) {
    const double *u = state, *v = state + n * n;
    double *du = slope, *dv = slope + n * n;
    for (long i = 0; i < n; i++) {
        long up = (i + n - 1) % n, down = (i + 1) % n;
        for (long j = 0; j < n; j++) {
            long left = (j + n - 1) % n, right = (j + 1) % n, at = i * n + j;
            long a = up * n + j, b = down * n + j, c = i * n + left, d = i * n + right;
            double meet = u[at] * u[at] * v[at];
            du[at] = 1.0 + meet - 4.4 * u[at] + diffusion * (u[a] + u[b] + u[c] + u[d] - 4.0 * u[at]);
            dv[at] = 3.4 * u[at] - meet + diffusion * (v[a] + v[b] + v[c] + v[d] - 4.0 * v[at]);
        }
    }
}

static void stage_along(long n, const double *restrict state, double by, const double *restrict slope,
                  double *restrict stage) {
    for (long i = 0; i < n; i++)
        stage[i] = state[i] + by * slope[i];
}

static void integrate(long side, const double *restrict x, double *restrict out) {
    long n = 2 * side * side;
    size_t bytes = (size_t)n * sizeof(double);
    double *restrict state = malloc(bytes), *restrict stage = malloc(bytes), *restrict k1 = malloc(bytes);
    double *restrict k2 = malloc(bytes), *restrict k3 = malloc(bytes), *restrict k4 = malloc(bytes);
    double sum = 0;
    for (long i = 0; i < n; i++)
        state[i] = x[i];
    for (int s = 0; s < STEPS; s++) {
        react(side, state, k1);
        stage_along(n, state, 0.5 * step, k1, stage);
        react(side, stage, k2);
        stage_along(n, state, 0.5 * step, k2, stage);
        react(side, stage, k3);
        stage_along(n, state, step, k3, stage);
        react(side, stage, k4);
        for (long i = 0; i < n; i++)
            state[i] += step / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
    }
    for (long i = 0; i < n; i++)
        sum += state[i] * state[i];
    *out = sum;
    free(state);
    free(stage);
    free(k1);
    free(k2);
    free(k3);
    free(k4);
}

static long prepare(long size, double **x) {
    long n = 2 * size * size;
    side = size;
    *x = take(n, 0.5);
    for (long i = 0; i < n; i++)
        (*x)[i] += 1.0;
    return n;
}

static double primal(const double *x) {
    double value;
    integrate(side, x, &value);
    return value;
}

static double gradient(const double *x, double *dx) {
    double value, seed = 1;
    __enzyme_autodiff((void *)integrate, enzyme_const, side, enzyme_dup, x, dx, enzyme_dup, &value, &seed);
    return value;
}
