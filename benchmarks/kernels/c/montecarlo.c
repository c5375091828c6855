/* The price of an Asian option: see src/montecarlo.rs. */
#include "answer.h"

enum { STEPS = 64 };

static long count;
static double *all_normals;

static void price(long paths, long steps, const double *restrict normals, const double *restrict x,
                  double *restrict out) {
    double spot = x[0], strike = x[1], rate = x[2], expiry = x[3], step = expiry / (double)steps, sum = 0;
    const double *volatilities = x + 4;
    for (long path = 0; path < paths; path++) {
        double now = spot, total = 0;
        for (long i = 0; i < steps; i++) {
            double volatility = volatilities[i];
            now *= exp((rate - 0.5 * volatility * volatility) * step +
                       volatility * sqrt(step) * normals[path * steps + i]);
            total += now;
        }
        double payoff = total / (double)steps - strike;
        sum += payoff > 0 ? payoff : 0;
    }
    *out = sum / (double)paths * exp(-rate * expiry);
}

static long prepare(long size, double **x) {
    count = size;
    *x = room(4 + STEPS);
    (*x)[0] = 1.0;
    (*x)[1] = 1.05;
    (*x)[2] = 0.03;
    (*x)[3] = 1.5;
    for (long i = 0; i < STEPS; i++)
        (*x)[4 + i] = 0.3 + 0.1 * uniform();
    all_normals = room(size * STEPS);
    for (long i = 0; i < size * STEPS; i++) {
        double radius = sqrt(-2.0 * log(0.5 - 0.5 * uniform()));
        all_normals[i] = radius * cos(M_PI * uniform());
    }
    return 4 + STEPS;
}

static double primal(const double *x) {
    double value;
    price(count, STEPS, all_normals, x, &value);
    return value;
}

static double gradient(const double *x, double *dx) {
    double value, seed = 1;
    __enzyme_autodiff((void *)price, enzyme_const, count, enzyme_const, (long)STEPS, enzyme_const, all_normals,
                      enzyme_dup, x, dx, enzyme_dup, &value, &seed);
    return value;
}
