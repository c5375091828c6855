/* A hand: see src/chain.rs. A pose is twelve numbers: a rotation by rows, and a place. */
#include "answer.h"

enum { FINGERS = 5, BONES = 4, JOINTS = 1 + FINGERS * BONES, POSE = 12 };

static long count;
static double *all_points;

static void rotation(const double *angles, double *pose) {
    double sx = sin(angles[0]), cx = cos(angles[0]), sy = sin(angles[1]), cy = cos(angles[1]);
    double sz = sin(angles[2]), cz = cos(angles[2]);
    pose[0] = cy * cz;
    pose[1] = sx * sy * cz - cx * sz;
    pose[2] = cx * sy * cz + sx * sz;
    pose[3] = cy * sz;
    pose[4] = sx * sy * sz + cx * cz;
    pose[5] = cx * sy * sz - sx * cz;
    pose[6] = -sy;
    pose[7] = sx * cy;
    pose[8] = cx * cy;
}

static void product(const double *a, const double *b, double *made) {
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            made[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
}

static void moved(const double *pose, const double *local, double *place) {
    for (int i = 0; i < 3; i++)
        place[i] = pose[9 + i] + (pose[3 * i] * local[0] + pose[3 * i + 1] * local[1] + pose[3 * i + 2] * local[2]);
}

static void misfit(long n, const double *restrict points, const double *restrict x, double *restrict out) {
    double wrist[POSE], poses[FINGERS * BONES][POSE], sum = 0;
    rotation(x, wrist);
    for (int i = 0; i < 3; i++)
        wrist[9 + i] = x[3 * JOINTS + i];
    for (int finger = 0; finger < FINGERS; finger++) {
        const double *before = wrist;
        double offset[3] = {0.2 * finger, 1.0, 0.0};
        for (int bone = 0; bone < BONES; bone++) {
            double turn[9], *pose = poses[finger * BONES + bone];
            rotation(x + 3 + 3 * (finger * BONES + bone), turn);
            product(before, turn, pose);
            moved(before, offset, pose + 9);
            offset[0] = 0.0;
            offset[1] = 0.5;
            before = pose;
        }
    }
    for (long i = 0; i < n; i++) {
        const double *local = points + 6 * i, *target = local + 3;
        double place[3];
        moved(poses[i % (FINGERS * BONES)], local, place);
        for (int k = 0; k < 3; k++)
            sum += (place[k] - target[k]) * (place[k] - target[k]);
    }
    *out = sum;
}

static long prepare(long size, double **x) {
    count = size;
    *x = take(3 * JOINTS + 3, 0.5);
    state = 1;
    all_points = take(6 * size, 1.0);
    return 3 * JOINTS + 3;
}

static double primal(const double *x) {
    double value;
    misfit(count, all_points, x, &value);
    return value;
}

static double gradient(const double *x, double *dx) {
    double value, seed = 1;
    __enzyme_autodiff((void *)misfit, enzyme_const, count, enzyme_const, all_points, enzyme_dup, x, dx, enzyme_dup,
                      &value, &seed);
    return value;
}
