//! Recursive pair.

pub const N: usize = 2;

#[inline(never)]
fn halve(x: f64, n: usize) -> (f64, usize) {
    if x < 0.1 {
        return (x * x, n);
    }
    let (value, steps) = halve(x / 2.0, n + 1);
    (value * x, steps)
}

pub fn f(x: &[f64]) -> f64 {
    let (value, steps) = halve(x[0], 0);
    value * steps as f64 * x[1]
}
