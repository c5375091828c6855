#include <stdio.h>

extern double __enzyme_autodiff(void *, ...);

static double cube(double x) { return x * x * x; }

int main(void) {
    printf("%g", __enzyme_autodiff((void *)cube, 3.0));
#ifdef MARKED
    printf(" marked");
#endif
    printf("\n");
    return 0;
}
