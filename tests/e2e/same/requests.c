// What requests.rs asks, in Enzyme's own convention for C; prints `name index derivative difference` lines.
//
// With -DPLACEHOLDERS the derivatives are functions without meaning that `cargo autodiff rewrite` gives their bodies.
#include <math.h>
#include <stdio.h>
#include <string.h>

#define COUNT 5

struct two {
    double first, second;
};
struct three {
    double first, second, third;
};

extern int enzyme_const, enzyme_dup, enzyme_out, enzyme_width;
extern double __enzyme_autodiff(void *, ...);
extern struct two __enzyme_autodiff_two(void *, ...);
extern float __enzyme_autodiff_float(void *, int, float); // `...` would make it a double
extern double __enzyme_fwddiff(void *, ...);
extern struct two __enzyme_fwddiff_two(void *, ...);

#ifdef PLACEHOLDERS
#define DERIVATIVE(call) __builtin_trap()
#define TARGET __attribute__((noinline))
#else
#define DERIVATIVE(call) return call
#define TARGET static
#endif

double polynomial(double x, double y) { return x * x * x + 3 * x * y * y - 2 * y; }
TARGET struct two dpolynomial(double x, double y) {
    DERIVATIVE(__enzyme_autodiff_two((void *)polynomial, enzyme_out, x, enzyme_out, y));
}

double sines(const double *x, long n) {
    double sum = 0;
    for (long i = 0; i < n; i++)
        sum += sin(x[i] * (double)(i + 1));
    return sum;
}
TARGET void dsines(const double *x, double *dx, long n) {
    DERIVATIVE((void)__enzyme_autodiff((void *)sines, enzyme_dup, x, dx, enzyme_const, n));
}
TARGET double bsines(const double *x, const double *bx, long n) {
    DERIVATIVE(__enzyme_fwddiff((void *)sines, enzyme_dup, x, bx, enzyme_const, n));
}

double dot(const double *x, const double *y, long n) {
    double sum = 0;
    for (long i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}
TARGET void ddot(const double *x, double *dx, const double *y, long n) {
    DERIVATIVE((void)__enzyme_autodiff((void *)dot, enzyme_dup, x, dx, enzyme_const, y, enzyme_const, n));
}

double sweep(double *u, double nu, long n) {
    double sum = 0;
    for (long i = 0; i < n - 1; i++)
        u[i] += nu * u[i + 1];
    for (long i = 0; i < n; i++)
        sum += u[i] * u[i];
    return sum;
}
TARGET double dsweep(double *u, double *du, double nu, long n) {
    DERIVATIVE(__enzyme_autodiff((void *)sweep, enzyme_dup, u, du, enzyme_out, nu, enzyme_const, n));
}

double rosenbrock(const double *x) {
    double sum = 0;
    for (int i = 0; i < 3; i++)
        sum += 100 * (x[i + 1] - x[i] * x[i]) * (x[i + 1] - x[i] * x[i]) + (1 - x[i]) * (1 - x[i]);
    return sum;
}
TARGET void drosenbrock(const double *x, double *dx) {
    DERIVATIVE((void)__enzyme_autodiff((void *)rosenbrock, enzyme_dup, x, dx));
}

double quotient(double x) { return exp(x) / (1 + x * x); }
// In C Enzyme gives the tangent alone; a request of ours gives the value too.
#ifdef PLACEHOLDERS
TARGET struct two bquotient(double x, double bx) { DERIVATIVE(); }
#else
TARGET struct two bquotient(double x, double bx) {
    struct two both = {quotient(x), __enzyme_fwddiff((void *)quotient, enzyme_dup, x, bx)};
    return both;
}
#endif

float single(float x) { return x * x * x - sqrtf(x); }
TARGET float dsingle(float x) { DERIVATIVE(__enzyme_autodiff_float((void *)single, enzyme_out, x)); }

double branch(double x) {
    if (x > 0)
        return x * x;
    return sin(x);
}
TARGET double dbranch(double x) { DERIVATIVE(__enzyme_autodiff((void *)branch, enzyme_out, x)); }

double product(const double *x) { return x[0] * x[1] * cos(x[2]); }
TARGET struct two bproduct(const double *x, const double *b0, const double *b1) {
    DERIVATIVE(__enzyme_fwddiff_two((void *)product, enzyme_width, 2, enzyme_dup, x, b0, b1));
}

#ifdef PLACEHOLDERS
double volume(double x, double y, double z) { return x * y * y * z * z * z; }
TARGET struct three dvolume(double x, double y, double z) { DERIVATIVE(); } // returns through memory
#endif

static const double X[COUNT] = {0.3, -1.2, 0.7, 2.1, -0.4};
static const double Y[COUNT] = {1.5, 0.2, -0.8, 0.9, 3.0};
static const double POINT[4] = {-1.2, 1.0, 0.5, 0.8};
static const double CORNER[3] = {1.1, -0.6, 0.9};

typedef double (*along)(double h, int i);
static double polynomial_at(double h, int i) { return i ? polynomial(1.3, -0.7 + h) : polynomial(1.3 + h, -0.7); }
static double sines_at(double h, int i) {
    double x[COUNT];
    memcpy(x, X, sizeof x);
    x[i] += h;
    return sines(x, COUNT);
}
static double sines_along(double h, int i) {
    double x[COUNT];
    for (i = 0; i < COUNT; i++)
        x[i] = X[i] + h * Y[i];
    return sines(x, COUNT);
}
static double dot_at(double h, int i) {
    double x[COUNT];
    memcpy(x, X, sizeof x);
    x[i] += h;
    return dot(x, Y, COUNT);
}
static double sweep_at(double h, int i) {
    double x[COUNT];
    memcpy(x, X, sizeof x);
    if (i < COUNT)
        x[i] += h;
    return sweep(x, i < COUNT ? 0.6 : 0.6 + h, COUNT);
}
static double rosenbrock_at(double h, int i) {
    double x[4];
    memcpy(x, POINT, sizeof x);
    x[i] += h;
    return rosenbrock(x);
}
static double quotient_at(double h, int i) { return i ? quotient(0.4 + 1.5 * h) : h * quotient(0.4); }
static double single_at(double h, int i) {
    double x = 1.7f + h; // differences of floats are too coarse
    return x * x * x - sqrt(x);
}
static double branch_at(double h, int i) { return branch((i ? -0.8 : 0.8) + h); }
static double product_at(double h, int i) {
    double x[3];
    memcpy(x, CORNER, sizeof x);
    x[2 * i] += h;
    return product(x);
}

static void say(const char *name, int index, double derivative, along f) {
    double h = 1e-3;
    double near = f(h, index) - f(-h, index), far = f(2 * h, index) - f(-2 * h, index);
    printf("%s %d %.17g %.17g\n", name, index, derivative, (8 * near - far) / (12 * h));
}
static void say_all(const char *name, int count, const double *derivatives, along f) {
    for (int i = 0; i < count; i++)
        say(name, i, derivatives[i], f);
}

static void slices(void) {
    double dx[COUNT] = {0};
    dsines(X, dx, COUNT);
    say_all("sines", COUNT, dx, sines_at);
    say("sines forward", 0, bsines(X, Y, COUNT), sines_along);
    memset(dx, 0, sizeof dx);
    ddot(X, dx, Y, COUNT);
    say_all("dot", COUNT, dx, dot_at);
    double u[COUNT], du[COUNT] = {0};
    memcpy(u, X, sizeof u);
    double dnu = dsweep(u, du, 0.6, COUNT);
    say_all("sweep", COUNT, du, sweep_at);
    say("sweep", COUNT, dnu, sweep_at);
}

int main(void) {
    struct two pair = dpolynomial(1.3, -0.7);
    say("polynomial", 0, pair.first, polynomial_at);
    say("polynomial", 1, pair.second, polynomial_at);
    pair = bquotient(0.4, 1.5);
    say("quotient", 0, pair.first, quotient_at);
    say("quotient", 1, pair.second, quotient_at);
    say("single", 0, dsingle(1.7f), single_at);
    say("branch", 0, dbranch(0.8), branch_at);
    say("branch", 1, dbranch(-0.8), branch_at);
    slices();
    double dx[4] = {0};
    drosenbrock(POINT, dx);
    say_all("rosenbrock", 4, dx, rosenbrock_at);
    pair = bproduct(CORNER, (double[]){1, 0, 0}, (double[]){0, 0, 1});
    say("width two", 0, pair.first, product_at);
    say("width two", 1, pair.second, product_at);
#ifdef PLACEHOLDERS
    struct three all = dvolume(1.5, 0.5, 2.0);
    printf("volume 0 %.17g 2\nvolume 1 %.17g 12\nvolume 2 %.17g 4.5\n", all.first, all.second, all.third);
#endif
    return 0;
}
