/* Functions change the structure that they are given by value, directly and behind pointers. */
#include <stdio.h>
double __enzyme_autodiff(void *, ...);
double __enzyme_fwddiff(void *, ...);
int enzyme_dup;
struct three { double of[3]; };
typedef double (*function)(struct three, struct three *);
#define OWN __attribute__((noinline)) static double
OWN square(struct three it, struct three *callers) { it.of[1] *= it.of[0]; callers->of[0] = 1; return it.of[1] * it.of[0]; }
OWN zero(struct three it, struct three *callers) { callers->of[2] = 0; it.of[2] += it.of[0]; return it.of[2] * it.of[2]; }
static const function table[2] = {square, zero};
__attribute__((noinline)) double f(double *x, int n) {
    struct three it = {{x[0], x[1], x[2]}};
    double sum = square(it, &it) * it.of[0];
    it.of[0] = x[0];
    return sum + table[n % 2](it, &it) * it.of[0];
}
int main(void) {
    double x[3] = {1, 2, 3};
    for (int n = 0; n < 2; n++) {
        double dx[3] = {0};
        __enzyme_autodiff((void *)f, enzyme_dup, x, dx, n);
        printf("%g %g %g\n", dx[0], dx[1], dx[2]);
        for (int i = 0; i < 3; i++) {
            double v[3] = {i == 0, i == 1, i == 2};
            printf(i < 2 ? "%g " : "%g\n", __enzyme_fwddiff((void *)f, enzyme_dup, x, v, n));
        }
    }
}
