//! A shared library of Rust: its derivatives are called, and its generic ones instantiated, across its border.

use autodiff::autodiff_reverse;
use std::ops::Mul;

#[autodiff_reverse(dhalves, Duplicated, Active)]
pub fn halves(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x / 2.0).sum()
}

#[autodiff_reverse(dsquare, Active, Active)]
pub fn square<T: Copy + Mul<Output = T>>(x: T) -> T {
    x * x
}
