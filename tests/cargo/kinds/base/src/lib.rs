//! The lowest crate of the chain: it has neither std nor alloc.
#![no_std]

use autodiff::autodiff_reverse;
use core::ops::{Add, Mul};

/// A derivative that other crates instantiate.
#[autodiff_reverse(dsquare, Active, Active)]
pub fn square<T: Copy + Mul<Output = T>>(x: T) -> T {
    x * x
}

/// A derivative that other crates call.
#[autodiff_reverse(dsquares, Duplicated, Active)]
pub fn squares(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

/// A function that other crates differentiate, for types of theirs.
#[inline(never)]
pub fn cube<T: Copy + Mul<Output = T> + Add<Output = T>>(x: T) -> T {
    x * x * x
}
