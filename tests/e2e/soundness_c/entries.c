#include <stdio.h>
double __enzyme_autodiff(void *, ...);
int enzyme_dup;
__attribute__((noinline)) double f(double *x, int n) {
    double s = 0.5;
    int i = 0;
    if (n % 2)
        goto middle;
    while (i < n) {
        s += x[i] * s;
    middle:
        s = s * s + x[i % n] * s;
        i++;
    }
    return s;
}
int main(void) {
    for (int n = 2; n < 4; n++) {
        double x[3] = {0.5, 1, 2}, d[3] = {0};
        __enzyme_autodiff((void *)f, enzyme_dup, x, d, n);
        for (int i = 0; i < n; i++) {
            double h = 1e-6, up[3] = {0.5, 1, 2}, down[3] = {0.5, 1, 2};
            up[i] += h, down[i] -= h;
            double off = d[i] / ((f(up, n) - f(down, n)) / (2 * h)) - 1;
            puts(off < 1e-6 && off > -1e-6 ? "right" : "wrong");
        }
    }
}
