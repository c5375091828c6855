/* Conjugate gradients: see src/cg.rs. */
#include "answer.h"

enum { ITERATIONS = 8 };

static long order, *all_rows, *all_columns;

static double dot(long n, const double *restrict a, const double *restrict b) {
    double sum = 0;
    for (long i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void solve(long n, const long *restrict rows, const long *restrict columns, const double *restrict entries,
                  const double *restrict b, double *restrict out) {
    size_t bytes = (size_t)n * sizeof(double);
    double *restrict x = malloc(bytes), *restrict residual = malloc(bytes);
    double *restrict direction = malloc(bytes), *restrict product = malloc(bytes);
    double square = 0;
    for (long i = 0; i < n; i++) {
        x[i] = 0;
        residual[i] = direction[i] = b[i];
        square += b[i] * b[i];
    }
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
        for (long i = 0; i < n; i++) {
            double sum = 0;
            for (long at = rows[i]; at < rows[i + 1]; at++)
                sum += entries[at] * direction[columns[at]];
            product[i] = sum;
        }
        double step = square / dot(n, direction, product), next = 0;
        for (long i = 0; i < n; i++)
            x[i] += step * direction[i];
        for (long i = 0; i < n; i++)
            residual[i] -= step * product[i];
        for (long i = 0; i < n; i++)
            next += residual[i] * residual[i];
        double turn = next / square;
        for (long i = 0; i < n; i++)
            direction[i] = residual[i] + turn * direction[i];
        square = next;
    }
    double sum = 0;
    for (long i = 0; i < n; i++)
        sum += x[i] * x[i];
    *out = sum;
    free(x);
    free(residual);
    free(direction);
    free(product);
}

static long prepare(long side, double **x) {
    order = side * side;
    all_rows = malloc((size_t)(order + 1) * sizeof(long));
    all_columns = malloc((size_t)(5 * order) * sizeof(long));
    *x = room(6 * order);
    long at = 0;
    all_rows[0] = 0;
    for (long i = 0; i < side; i++)
        for (long j = 0; j < side; j++) {
            long cell = i * side + j;
            const long around[5] = {i > 0 ? cell - side : -1, j > 0 ? cell - 1 : -1, cell,
                                    j + 1 < side ? cell + 1 : -1, i + 1 < side ? cell + side : -1};
            for (int k = 0; k < 5; k++)
                if (around[k] >= 0) {
                    (*x)[at] = around[k] == cell ? 4.5 + 0.5 * uniform() : -1.0;
                    all_columns[at++] = around[k];
                }
            all_rows[cell + 1] = at;
        }
    for (long i = 0; i < order; i++)
        (*x)[at + i] = uniform();
    return at + order;
}

static double primal(const double *x) {
    double value;
    solve(order, all_rows, all_columns, x, x + all_rows[order], &value);
    return value;
}

static double gradient(const double *x, double *dx) {
    double value, seed = 1;
    long at = all_rows[order];
    __enzyme_autodiff((void *)solve, enzyme_const, order, enzyme_const, all_rows, enzyme_const, all_columns,
                      enzyme_dup, x, dx, enzyme_dup, x + at, dx + at, enzyme_dup, &value, &seed);
    return value;
}
