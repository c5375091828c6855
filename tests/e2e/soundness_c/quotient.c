#include <complex.h>
#include <stdio.h>
double __enzyme_autodiff(void *, ...);
int enzyme_dup;
double f(double *x) {
    double complex z = (x[0] + I * x[1]) / (x[2] + I * x[3]);
    return creal(z) + 2 * cimag(z);
}
int main(void) {
    double x[4] = {1, 2, 1, 1}, d[4] = {0};
    __enzyme_autodiff((void *)f, enzyme_dup, x, d);
    printf("%g %g %g %g\n", d[0], d[1], d[2], d[3]);
}
