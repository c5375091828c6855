#include <stdio.h>
double __enzyme_autodiff(void *, ...);
int enzyme_dup, enzyme_const, enzyme_out;
typedef double (*fn)(double);
double cube(double x) { return x * x * x; }
double sq(double x) { return x * x; }
__attribute__((noinline)) double f(fn g, double x) { return g(x) * x; }
int main(int c, char **v) { printf("%g\n", __enzyme_autodiff((void *)f, enzyme_const, c > 1 ? sq : cube, enzyme_out, 2.0)); }
