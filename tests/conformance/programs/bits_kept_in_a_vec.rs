//! Bits kept in a vec.

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let kept = x.iter().map(|x| (x * x).to_bits()).collect::<Vec<_>>();
    kept.iter()
        .rev()
        .map(|b| f64::from_bits(*b))
        .zip(x)
        .map(|(a, b)| a * b)
        .sum()
}
