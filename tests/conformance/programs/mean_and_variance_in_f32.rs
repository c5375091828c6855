//! Mean and variance in f32.

pub const N: usize = 6;

type F = f32;

pub fn f(x: &[F]) -> F {
    let n = x.len() as F;
    let mean = x.iter().sum::<F>() / n;
    let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<F>() / (n - 1.0);
    mean * variance.sqrt()
}
