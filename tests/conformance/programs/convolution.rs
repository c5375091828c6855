//! Convolution.

pub const N: usize = 8;

pub fn f(x: &[f64]) -> f64 {
    let (kernel, signal) = x.split_at(3);
    let mut out = vec![0.0; signal.len() + kernel.len() - 1];
    for (i, s) in signal.iter().enumerate() {
        for (j, k) in kernel.iter().enumerate() {
            out[i + j] += s * k;
        }
    }
    out.iter().map(|v| v * v).sum()
}
