//! Catch unwind without a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let mut s = x[0];
    let caught = catch_unwind(AssertUnwindSafe(|| {
        for x in x {
            s = s * x + 0.5;
        }
    }));
    if caught.is_ok() { s * s } else { 0.0 }
}
