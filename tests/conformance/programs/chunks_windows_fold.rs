//! Chunks windows fold.

pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    let windows = x
        .windows(3)
        .map(|w| w[0] * w[1] - w[2])
        .fold(1.0, |a, b| a * 0.5 + b);
    let chunks = x.chunks(2).map(|c| c.iter().product::<f64>()).sum::<f64>();
    let stepped = x
        .iter()
        .step_by(2)
        .zip(x.iter().skip(1))
        .map(|(a, b)| a / b)
        .sum::<f64>();
    windows * chunks
        + stepped
        + x.iter()
            .rev()
            .take(2)
            .copied()
            .fold(f64::NEG_INFINITY, f64::max)
}
