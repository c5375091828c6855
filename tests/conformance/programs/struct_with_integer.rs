//! Struct with integer.

pub const N: usize = 5;

struct Moments {
    mean: f64,
    variance: f64,
    n: usize,
}

#[inline(never)]
fn moments(x: &[f64]) -> Moments {
    let n = x.len();
    let mean = x.iter().sum::<f64>() / n as f64;
    let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64;
    Moments { mean, variance, n }
}

pub fn f(x: &[f64]) -> f64 {
    let m = moments(x);
    m.mean * m.variance * m.n as f64
}
