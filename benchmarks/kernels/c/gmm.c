/* ADBench's Gaussian mixture: see src/gmm.rs. */
#include "answer.h"

enum { DIMENSIONS = 10, COMPONENTS = 10, FACTOR = DIMENSIONS * (DIMENSIONS + 1) / 2 };

static long count;
static double *all_points;

static double log_sum_exp(long n, const double *terms) {
    double most = -INFINITY, sum = 0;
    for (long i = 0; i < n; i++)
        most = terms[i] > most ? terms[i] : most;
    for (long i = 0; i < n; i++)
        sum += exp(terms[i] - most);
    return most + log(sum);
}

static void gmm(long n, long d, long k, const double *restrict points, const double *restrict alphas,
                const double *restrict means, const double *restrict factors, double *restrict out) {
    long f = d * (d + 1) / 2;
    double *diagonals = malloc((size_t)(k * d) * sizeof(double));
    double *log_determinants = malloc((size_t)k * sizeof(double));
    double *centred = malloc((size_t)d * sizeof(double));
    double *whitened = malloc((size_t)d * sizeof(double));
    double *terms = malloc((size_t)k * sizeof(double));
    double squares = 0, logs = 0, likelihood = 0;
    for (long ik = 0; ik < k; ik++) {
        double determinant = 0;
        for (long i = 0; i < d; i++) {
            double entry = exp(factors[ik * f + i]);
            diagonals[ik * d + i] = entry;
            determinant += factors[ik * f + i];
            squares += entry * entry;
        }
        for (long i = d; i < f; i++)
            squares += factors[ik * f + i] * factors[ik * f + i];
        log_determinants[ik] = determinant;
        logs += determinant;
    }
    for (long ix = 0; ix < n; ix++) {
        for (long ik = 0; ik < k; ik++) {
            for (long i = 0; i < d; i++) {
                centred[i] = points[ix * d + i] - means[ik * d + i];
                whitened[i] = diagonals[ik * d + i] * centred[i];
            }
            long at = ik * f + d;
            for (long j = 0; j < d; j++)
                for (long i = j + 1; i < d; i++)
                    whitened[i] += factors[at++] * centred[j];
            double distance = 0;
            for (long i = 0; i < d; i++)
                distance += whitened[i] * whitened[i];
            terms[ik] = alphas[ik] + log_determinants[ik] - 0.5 * distance;
        }
        likelihood += log_sum_exp(k, terms);
    }
    *out = likelihood - (double)n * log_sum_exp(k, alphas) + 0.5 * squares - logs;
    free(diagonals);
    free(log_determinants);
    free(centred);
    free(whitened);
    free(terms);
}

static long prepare(long size, double **x) {
    long n = COMPONENTS * (1 + DIMENSIONS + FACTOR);
    count = size;
    *x = take(n, 1.0);
    all_points = take(size * DIMENSIONS, 2.0);
    return n;
}

static double primal(const double *x) {
    double value;
    const double *means = x + COMPONENTS, *factors = means + COMPONENTS * DIMENSIONS;
    gmm(count, DIMENSIONS, COMPONENTS, all_points, x, means, factors, &value);
    return value;
}

static double gradient(const double *x, double *dx) {
    double value, seed = 1;
    const double *means = x + COMPONENTS, *factors = means + COMPONENTS * DIMENSIONS;
    double *dmeans = dx + COMPONENTS, *dfactors = dmeans + COMPONENTS * DIMENSIONS;
    __enzyme_autodiff((void *)gmm, enzyme_const, count, enzyme_const, (long)DIMENSIONS, enzyme_const,
                      (long)COMPONENTS, enzyme_const, all_points, enzyme_dup, x, dx, enzyme_dup, means, dmeans,
                      enzyme_dup, factors, dfactors, enzyme_dup, &value, &seed);
    return value;
}
