//! Catch unwind with a panic.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let mut s = x[0];
    for (i, x) in x.iter().enumerate() {
        let caught = catch_unwind(AssertUnwindSafe(|| {
            s += x * x;
            if i == 2 {
                resume_unwind(Box::new(i));
            }
            s *= 1.5;
        }));
        if caught.is_err() {
            s *= 0.5 * x;
        }
    }
    s
}
