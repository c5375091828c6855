//! Recursion of a scalar.

pub const N: usize = 5;

#[inline(never)]
fn power(x: f64, n: usize) -> f64 {
    if n == 0 { 1.0 } else { x * power(x, n - 1) }
}

pub fn f(x: &[f64]) -> f64 {
    x.iter().enumerate().map(|(i, x)| power(*x, i)).sum()
}
