//! Recursion on slices.

pub const N: usize = 7;

fn ackermann_like(x: &[f64], depth: usize) -> f64 {
    if x.len() < 2 || depth == 0 {
        return x.iter().product();
    }
    let (left, right) = x.split_at(x.len() / 2);
    ackermann_like(left, depth - 1) * ackermann_like(right, depth - 1).sin() + x[0]
}

pub fn f(x: &[f64]) -> f64 {
    ackermann_like(x, 5)
}
