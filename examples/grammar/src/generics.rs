//! Generic functions, and functions from macros.

use autodiff::{autodiff_reverse, Differentiable};
use std::ops::Mul;

#[autodiff_reverse(dsquare, Duplicated, Active)]
fn square<T: Mul<Output = T> + Copy>(x: &T) -> T {
    *x * *x
}

#[autodiff_reverse(dpower, Active, Active)]
fn power<T, const N: usize>(x: T) -> T
where
    T: Mul<Output = T> + Differentiable,
{
    let mut product = x;
    for _ in 1..N {
        product = product * x;
    }
    product
}

#[autodiff_reverse(dapply, Active, Const, Active)]
fn apply(x: f64, f: impl Fn(f64) -> f64) -> f64 {
    x * f(x)
}

#[autodiff_reverse(dlonger, Duplicated, Const, Const)]
fn longer<'a>(x: &'a mut [f64], by: &f64) -> &'a [f64] {
    for x in x.iter_mut() {
        *x *= by;
    }
    x
}

macro_rules! monomial {
    ($name:ident, $derivative:ident, $degree:literal, $ty:ty) => {
        #[autodiff_reverse($derivative, Active, Active)]
        fn $name(x: $ty) -> $ty {
            x.powi($degree)
        }
    };
}

monomial!(cube, dcube, 3, f64);
monomial!(fifth, dfifth, 5, f32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_derivative_for_each_type() {
        let (mut wide, mut narrow) = (0.0_f64, 0.0_f32);

        assert_eq!(dsquare(&3.0_f64, &mut wide, 1.0), 9.0);
        assert_eq!(dsquare(&4.0_f32, &mut narrow, 1.0), 16.0);
        assert_eq!((wide, narrow), (6.0, 8.0));
    }

    #[test]
    fn constants_and_types() {
        assert_eq!(dpower::<f64, 3>(2.0, 1.0), (8.0, 12.0));
        assert_eq!(dpower::<f32, 2>(2.0, 1.0), (4.0, 4.0));
    }

    #[test]
    fn closures_are_constant() {
        let offset = 10.0;

        assert_eq!(dapply(3.0, |x| x + offset, 1.0), (39.0, 16.0));
    }

    #[test]
    fn a_borrowed_result() {
        let (mut x, mut dx) = ([1.0, 2.0], [1.0, 1.0]);

        assert_eq!(dlonger(&mut x, &mut dx, &3.0), [3.0, 6.0]);
        assert_eq!(dx, [3.0, 3.0]);
    }

    #[test]
    fn functions_from_macros() {
        assert_eq!(dcube(2.0, 1.0), (8.0, 12.0));
        assert_eq!(dfifth(2.0, 1.0), (32.0, 80.0));
    }

    #[test]
    fn nested_functions() {
        #[autodiff_reverse(dlocal, Active, Active)]
        fn local(x: f64) -> f64 {
            x.exp()
        }

        assert_eq!(dlocal(0.0, 2.0), (1.0, 2.0));
    }
}
