//! A library whose functions are differentiated here, in the program that uses it, and in tests.

use autodiff::{autodiff_forward, autodiff_reverse};
use std::ops::Mul;

/// A derivative that the library gives to its users.
#[autodiff_reverse(dsines, Duplicated, Active)]
pub fn sines(x: &[f64]) -> f64 {
    x.iter().map(|x| x.sin()).sum()
}

/// Not inlined and without a derivative here: users who differentiate it need its body out of the rlib.
#[inline(never)]
pub fn cubes(x: &[f64]) -> f64 {
    x.iter().map(|x| cube(*x)).sum()
}

#[inline(never)]
fn cube(x: f64) -> f64 {
    x * x * x
}

/// Instantiated in another crate.
#[autodiff_reverse(dsquare, Active, Active)]
pub fn square<T: Copy + Mul<Output = T>>(x: T) -> T {
    x * x
}

/// With the next, a Hessian times a vector.
#[autodiff_reverse(dquartics, Duplicated, Active)]
pub fn quartics(x: &[f64]) -> f64 {
    x.iter().map(|x| x.powi(4)).sum()
}

#[autodiff_forward(hessian_times, Dual, Dual)]
pub fn quartics_gradient(x: &[f64], gradient: &mut [f64]) {
    dquartics(x, gradient, 1.0);
}

#[cfg(test)]
mod tests {
    #[autodiff::autodiff_reverse(dhalf, Active, Active)]
    fn half(x: f64) -> f64 {
        x / 2.0
    }

    #[test]
    fn a_unit_test_has_a_derivative_of_its_own() {
        assert_eq!(dhalf(3.0, 1.0), (1.5, 0.5));
    }

    #[test]
    fn a_unit_test_calls_the_librarys() {
        let mut gradient = [0.0];
        super::dsines(&[0.0], &mut gradient, 2.0);
        assert_eq!(gradient, [2.0]);
    }
}
