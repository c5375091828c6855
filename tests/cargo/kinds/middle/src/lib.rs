//! The crate between: derivatives of its own over the lower crate's functions, generic ones too.

use autodiff::autodiff_reverse;
use std::ops::{Add, Mul};

/// Instantiated above, over a generic of the crate below.
#[autodiff_reverse(dcubes, Duplicated, Active)]
pub fn cubes<const N: usize>(x: &[f64; N]) -> f64 {
    x.iter().map(|x| base::cube(*x)).sum()
}

/// Calls the lower crate's derivative, with a type that this one does not know.
pub fn slope<T: autodiff::Differentiable + Mul<Output = T> + Add<Output = T>>(x: T, one: T) -> T {
    base::dsquare(x, one).1
}

/// The lower crate's derivative from a crate that is not generic.
pub fn doubles(x: &[f64]) -> Vec<f64> {
    let mut gradient = vec![0.0; x.len()];
    base::dsquares(x, &mut gradient, 1.0);
    gradient
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_harness_instantiates_derivatives_of_its_own_crate_and_of_the_one_below() {
        let mut gradient = [0.0; 2];
        super::dcubes(&[1.0, 2.0], &mut gradient, 1.0);
        assert_eq!(gradient, [3.0, 12.0]);
        assert_eq!(super::slope(3.0, 1.0), 6.0);
    }
}
