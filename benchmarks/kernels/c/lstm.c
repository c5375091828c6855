/* ADBench's LSTM: see src/lstm.rs. */
#include "answer.h"

enum { LAYERS = 2, WIDTH = 14 };

static long count;
static double *all_characters;

static double sigmoid(double x) { return 1.0 / (1.0 + exp(-x)); }

static void layer(long width, const double *restrict weights, double *restrict cell, double *restrict state,
                  double *restrict values) {
    const double *biases = weights + 4 * width;
    for (long i = 0; i < width; i++) {
        double forget = sigmoid(values[i] * weights[i] + biases[i]);
        double take = sigmoid(state[i] * weights[width + i] + biases[width + i]);
        double give = sigmoid(values[i] * weights[2 * width + i] + biases[2 * width + i]);
        double change = tanh(state[i] * weights[3 * width + i] + biases[3 * width + i]);
        cell[i] = cell[i] * forget + take * change;
        state[i] = give * tanh(cell[i]);
        values[i] = state[i];
    }
}

static void loss(long n, long layers, long width, const double *restrict sequence, const double *restrict x,
                 double *restrict out) {
    const double *ends = x + 8 * layers * width;
    double *cells = malloc((size_t)(layers * width) * sizeof(double));
    double *hidden = malloc((size_t)(layers * width) * sizeof(double));
    double *values = malloc((size_t)width * sizeof(double));
    double total = 0;
    for (long i = 0; i < layers * width; i++)
        cells[i] = hidden[i] = 0;
    for (long t = 0; t < n - 1; t++) {
        const double *character = sequence + t * width, *next = character + width;
        double sum = 2;
        for (long i = 0; i < width; i++)
            values[i] = character[i] * ends[i];
        for (long l = 0; l < layers; l++)
            layer(width, x + 8 * l * width, cells + l * width, hidden + l * width, values);
        for (long i = 0; i < width; i++) {
            values[i] = values[i] * ends[width + i] + ends[2 * width + i];
            sum += exp(values[i]);
        }
        double normaliser = log(sum);
        for (long i = 0; i < width; i++)
            total -= next[i] * (values[i] - normaliser);
    }
    *out = total / (double)((n - 1) * width);
    free(cells);
    free(hidden);
    free(values);
}

static long prepare(long size, double **x) {
    long n = (8 * LAYERS + 3) * WIDTH;
    count = size;
    *x = take(n, 1.0);
    all_characters = take(size * WIDTH, 0.5);
    for (long i = 0; i < size * WIDTH; i++)
        all_characters[i] += 0.5;
    return n;
}

static double primal(const double *x) {
    double value;
    loss(count, LAYERS, WIDTH, all_characters, x, &value);
    return value;
}

static double gradient(const double *x, double *dx) {
    double value, seed = 1;
    __enzyme_autodiff((void *)loss, enzyme_const, count, enzyme_const, (long)LAYERS, enzyme_const, (long)WIDTH,
                      enzyme_const, all_characters, enzyme_dup, x, dx, enzyme_dup, &value, &seed);
    return value;
}
