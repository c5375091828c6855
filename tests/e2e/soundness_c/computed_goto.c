#include <stdio.h>
double __enzyme_autodiff(void *, ...);
int enzyme_dup;
double f(double *x, int n) {
    static void *ways[] = {&&add, &&multiply};
    double s = 0.5;
    int i = 0;
    goto *ways[n % 2];
add:
    s += x[i];
    if (++i < n)
        goto *ways[i % 2];
    return s;
multiply:
    s *= x[i];
    if (++i < n)
        goto *ways[i % 2];
    return s;
}
double g(double *x, int n) { return x[0] * x[n - 1]; }
int main(void) {
    double x[3] = {1, 2, 3}, d[3] = {0};
    printf("%g\n", f(x, 3));
    __enzyme_autodiff((void *)DIFFERENTIATED, enzyme_dup, x, d, 3);
    printf("%g %g %g\n", d[0], d[1], d[2]);
}
