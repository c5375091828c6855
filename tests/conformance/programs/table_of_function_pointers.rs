//! Table of function pointers.

pub const N: usize = 6;

fn square(x: f64) -> f64 {
    x * x
}

fn shifted(x: f64) -> f64 {
    x + 0.3
}
const STEPS: [fn(f64) -> f64; 3] = [square, shifted, f64::sin];

pub fn f(x: &[f64]) -> f64 {
    x.iter()
        .enumerate()
        .map(|(i, x)| STEPS[i % 3](*x) * x)
        .sum()
}
