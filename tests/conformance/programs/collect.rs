//! Collect.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let squares = x.iter().map(|x| x * x).collect::<Vec<_>>();
    let large = squares
        .iter()
        .copied()
        .filter(|s| *s > 0.2)
        .collect::<Vec<_>>();
    large.iter().rev().zip(&squares).map(|(a, b)| a * b).sum()
}
