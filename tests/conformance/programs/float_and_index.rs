//! Float and index.

pub const N: usize = 5;

#[inline(never)]
fn largest(x: &[f64]) -> (f64, usize) {
    let mut best = (x[0] * x[0], 0);
    for (i, x) in x.iter().enumerate() {
        if x * x > best.0 {
            best = (x * x, i);
        }
    }
    best
}

pub fn f(x: &[f64]) -> f64 {
    let (value, at) = largest(x);
    value * x[(at + 1) % x.len()]
}
