#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct pair { long n; double v; };
double __enzyme_autodiff(void *, ...);
int enzyme_dup, enzyme_const;
__attribute__((noinline)) double f(const double *x, long n) {
    struct pair *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b);
    for (long i = 0; i < n; i++) { a[i].n = i + 1; a[i].v = x[i] * x[i]; }
    memcpy(b, a, n * sizeof *a);
    struct pair t = b[0]; b[0] = b[1]; b[1] = t;
    double s = 0;
    for (long i = 0; i < n; i++) s += b[i].n * b[i].v * (i + 1);
    free(a); free(b);
    return s;
}
int main() { double x[3] = {1, 2, 3}, d[3] = {0};
    __enzyme_autodiff((void *)f, enzyme_dup, x, d, enzyme_const, 3L);
    printf("%g %g %g\n", d[0], d[1], d[2]); }
