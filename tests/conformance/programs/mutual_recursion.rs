//! Mutual recursion.

pub const N: usize = 2;

fn is_even(x: f64, n: u32) -> f64 {
    if n == 0 {
        x
    } else {
        is_odd(x * 1.1, n - 1) + 0.1
    }
}

fn is_odd(x: f64, n: u32) -> f64 {
    if n == 0 {
        x * x
    } else {
        is_even(x.sin(), n - 1)
    }
}

pub fn f(x: &[f64]) -> f64 {
    is_even(x[0], 5) + is_odd(x[1], 4)
}
