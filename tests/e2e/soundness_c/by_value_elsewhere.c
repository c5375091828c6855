/* A function that changes what it is given by value is called by name, and by whoever finds it in a variable. */
double __enzyme_autodiff(void *, ...);
int enzyme_dup;
struct three { double of[3]; };
double (*volatile known)(struct three);
__attribute__((noinline)) static double square(struct three it) { it.of[1] *= it.of[0]; return it.of[1] * it.of[0]; }
double f(double *x) {
    struct three it = {{x[0], x[1], x[2]}};
    known = square;
    return square(it) * it.of[1];
}
int main(void) {
    double x[3] = {1, 2, 3}, dx[3] = {0};
    __enzyme_autodiff((void *)f, enzyme_dup, x, dx);
}
