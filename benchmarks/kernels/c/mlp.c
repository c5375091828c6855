/* A network's loss: see src/mlp.rs. */
#include "answer.h"

enum { LAYERS = 3, WIDEST = 64 };

static const long widths[LAYERS + 1] = {32, 64, 64, 10};
static long count;
static double *all_inputs;
static long *all_labels;

static double cross_entropy(long n, const double *scores, long label) {
    double most = -INFINITY, sum = 0;
    for (long i = 0; i < n; i++)
        most = scores[i] > most ? scores[i] : most;
    for (long i = 0; i < n; i++)
        sum += exp(scores[i] - most);
    return most + log(sum) - scores[label];
}

static void loss(long n, const double *restrict inputs, const long *restrict labels, const double *restrict x,
                 double *restrict out) {
    double sum = 0;
    for (long s = 0; s < n; s++) {
        double values[LAYERS + 1][WIDEST];
        for (long i = 0; i < widths[0]; i++)
            values[0][i] = inputs[s * widths[0] + i];
        const double *weights = x;
        for (long layer = 0; layer < LAYERS; layer++) {
            long from = widths[layer], to = widths[layer + 1];
            const double *biases = weights + from * to;
            for (long i = 0; i < to; i++) {
                double total = biases[i];
                for (long j = 0; j < from; j++)
                    total += weights[i * from + j] * values[layer][j];
                values[layer + 1][i] = layer + 1 < LAYERS ? tanh(total) : total;
            }
            weights = biases + to;
        }
        sum += cross_entropy(widths[LAYERS], values[LAYERS], labels[s]);
    }
    *out = sum / (double)n;
}

static long prepare(long size, double **x) {
    long n = 0;
    for (long layer = 0; layer < LAYERS; layer++)
        n += (widths[layer] + 1) * widths[layer + 1];
    count = size;
    *x = take(n, 0.3);
    all_inputs = take(size * widths[0], 1.0);
    all_labels = malloc((size_t)size * sizeof(long));
    for (long i = 0; i < size; i++)
        all_labels[i] = i % widths[LAYERS];
    return n;
}

static double primal(const double *x) {
    double value;
    loss(count, all_inputs, all_labels, x, &value);
    return value;
}

static double gradient(const double *x, double *dx) {
    double value, seed = 1;
    __enzyme_autodiff((void *)loss, enzyme_const, count, enzyme_const, all_inputs, enzyme_const, all_labels,
                      enzyme_dup, x, dx, enzyme_dup, &value, &seed);
    return value;
}
