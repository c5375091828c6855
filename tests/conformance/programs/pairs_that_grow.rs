//! Pairs that grow.

pub const N: usize = 9;

pub fn f(x: &[f64]) -> f64 {
    let mut all = Vec::new();
    for (i, x) in x.iter().enumerate() {
        all.push((i, x * x));
    }
    all.iter().map(|(i, x)| (i + 1) as f64 * x * x).sum()
}
