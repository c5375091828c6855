/* ADBench's bundle adjustment: see src/bundle.rs. */
#include "answer.h"

enum { CAMERAS = 10, CAMERA = 11 };

static long count, points_count;
static double *all_seen;

static double dot(const double *a, const double *b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static void cross(const double *a, const double *b, double *c) {
    c[0] = a[1] * b[2] - a[2] * b[1];
    c[1] = a[2] * b[0] - a[0] * b[2];
    c[2] = a[0] * b[1] - a[1] * b[0];
}

static void rotate(const double *by, const double *v, double *rotated) {
    double square = dot(by, by), c[3];
    if (square == 0.0) {
        cross(by, v, c);
        for (int i = 0; i < 3; i++)
            rotated[i] = v[i] + c[i];
        return;
    }
    double angle = sqrt(square), sine = sin(angle), cosine = cos(angle);
    double axis[3] = {by[0] / angle, by[1] / angle, by[2] / angle};
    cross(axis, v, c);
    double along = dot(axis, v) * (1.0 - cosine);
    for (int i = 0; i < 3; i++)
        rotated[i] = v[i] * cosine + c[i] * sine + axis[i] * along;
}

static void project(const double *camera, const double *point, double *seen) {
    double from[3], at[3];
    for (int i = 0; i < 3; i++)
        from[i] = point[i] - camera[3 + i];
    rotate(camera, from, at);
    double u = at[0] / at[2], v = at[1] / at[2], square = u * u + v * v;
    double distortion = 1.0 + camera[9] * square + camera[10] * square * square;
    seen[0] = u * distortion * camera[6] + camera[7];
    seen[1] = v * distortion * camera[6] + camera[8];
}

static void misfit(long n, const double *restrict seen, const double *restrict cameras,
                   const double *restrict points, const double *restrict weights, double *restrict out) {
    double sum = 0;
    for (long i = 0; i < n; i++) {
        double at[2], weight = weights[i];
        project(cameras + (i % CAMERAS) * CAMERA, points + i / 8 * 3, at);
        double across = weight * (at[0] - seen[2 * i]), down = weight * (at[1] - seen[2 * i + 1]);
        double surplus = 1.0 - weight * weight;
        sum += across * across + down * down + surplus * surplus;
    }
    *out = sum;
}

static long prepare(long size, double **x) {
    count = size;
    points_count = (size + 7) / 8;
    long n = CAMERAS * CAMERA + 3 * points_count + size, at = 0;
    double *made = *x = room(n);
    for (int camera = 0; camera < CAMERAS; camera++) {
        for (int i = 0; i < 3; i++)
            made[at++] = 0.3 * uniform();
        for (int i = 0; i < 2; i++)
            made[at++] = 0.5 * uniform();
        made[at++] = -4.0 + 0.5 * uniform();
        made[at++] = 1.0 + 0.1 * uniform();
        for (int i = 0; i < 4; i++)
            made[at++] = 0.01 * uniform();
    }
    for (long i = 0; i < 3 * points_count; i++)
        made[at++] = uniform();
    while (at < n)
        made[at++] = 1.0 + 0.1 * uniform();
    state = 1;
    all_seen = take(2 * size, 0.3);
    return n;
}

static double primal(const double *x) {
    double value;
    const double *points = x + CAMERAS * CAMERA;
    misfit(count, all_seen, x, points, points + 3 * points_count, &value);
    return value;
}

static double gradient(const double *x, double *dx) {
    double value, seed = 1;
    long points = CAMERAS * CAMERA, weights = points + 3 * points_count;
    __enzyme_autodiff((void *)misfit, enzyme_const, count, enzyme_const, all_seen, enzyme_dup, x, dx, enzyme_dup,
                      x + points, dx + points, enzyme_dup, x + weights, dx + weights, enzyme_dup, &value, &seed);
    return value;
}
