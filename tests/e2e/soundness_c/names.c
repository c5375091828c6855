/* Functions of one's own that are called as those are whose derivatives Enzyme knows by name. */
#include <stdio.h>
double __enzyme_autodiff(void *, ...);
int enzyme_dup;
#define OWN __attribute__((noinline)) static double
OWN erf(double x) { return x * x * x; }
OWN logb(double x) { return x * x; }
OWN stat(double x) { return x * x; }
OWN sinc(double x) { return x * x; }
OWN ddot(int n, const double *x, const double *y) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += x[i] * y[i] * y[i];
    return sum;
}
double f(double *x) { return erf(x[0]) + logb(x[1]) + stat(x[2]) + sinc(x[3]); }
double g(double *x) { return ddot(2, x, x + 2); }
int main(void) {
    double x[4] = {1, 2, 3, 4}, df[4] = {0}, dg[4] = {0};
    __enzyme_autodiff((void *)f, enzyme_dup, x, df);
    __enzyme_autodiff((void *)g, enzyme_dup, x, dg);
    printf("%g %g %g %g\n", df[0], df[1], df[2], df[3]);
    printf("%g %g %g %g\n", dg[0], dg[1], dg[2], dg[3]);
}
