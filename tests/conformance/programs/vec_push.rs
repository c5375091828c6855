//! Vec push.

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let mut all = Vec::new();
    for i in 0..40 {
        all.push(x[i % x.len()] * x[0]);
    }
    all.iter().enumerate().map(|(i, v)| i as f64 * v * v).sum()
}
