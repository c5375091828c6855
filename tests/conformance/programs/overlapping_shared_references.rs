//! Overlapping shared references.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    x.iter().map(|v| v + x[1]).sum::<f64>() + x.rchunks(2).map(|c| x[0] - c[0]).sum::<f64>()
}
