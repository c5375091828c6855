/* The protocol of src/answer.rs and the numbers of src/numbers.rs, in C. A kernel includes this file and writes
 * prepare, primal and gradient. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);

/* Set the constants up for this size; put x into memory of its own and return its length. */
static long prepare(long size, double **x);
static double primal(const double *x);
/* Return the value and add the gradient to dx. */
static double gradient(const double *x, double *dx);

static uint64_t state = 1;

static double uniform(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) / (double)((uint64_t)1 << 52) - 1.0;
}

static double *room(long n) {
    double *made = malloc((size_t)n * sizeof(double));
    if (made == NULL && n > 0)
        abort();
    return made;
}

static double *take(long n, double scale) {
    double *made = room(n);
    for (long i = 0; i < n; i++)
        made[i] = scale * uniform();
    return made;
}

static double along(const double *x, long n, double by) {
    const double direction[3] = {1.0, -1.0 / 2.0, 1.0 / 3.0};
    double *moved = room(n);
    for (long i = 0; i < n; i++)
        moved[i] = x[i] + by * direction[i % 3];
    double value = primal(moved);
    free(moved);
    return value;
}

int main(int words, char **word) {
    if (words != 2)
        return 2;
    double *x;
    long n = prepare(atol(word[1]), &x);
    double *dx = room(n);
    for (long i = 0; i < n; i++)
        dx[i] = 1.0;
    puts("ready");
    fflush(stdout);
    char line[100], verb[20];
    while (fgets(line, sizeof line, stdin)) {
        double number = 1, value = 0;
        if (sscanf(line, "%19s %lf", verb, &number) < 1)
            return 2;
        if (!strcmp(verb, "primal")) {
            for (long i = 0; i < (long)number; i++) {
                value = primal(x);
                __asm__ volatile("" : : "r"(x), "x"(value) : "memory");
            }
            printf("%.17g\n", value);
        } else if (!strcmp(verb, "gradient")) {
            for (long i = 0; i < (long)number; i++) {
                memset(dx, 0, (size_t)n * sizeof(double));
                value = gradient(x, dx);
                __asm__ volatile("" : : "r"(x), "r"(dx), "x"(value) : "memory");
            }
            printf("%.17g\n", value);
        } else if (!strcmp(verb, "along")) {
            printf("%.17g\n", along(x, n, number));
        } else if (!strcmp(verb, "show")) {
            printf("%ld\n", n);
            fwrite(dx, sizeof(double), (size_t)n, stdout);
        } else {
            return 2;
        }
        fflush(stdout);
    }
    return 0;
}
