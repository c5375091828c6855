//! Retain and dedup.

pub const N: usize = 8;

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.iter().flat_map(|v| [*v, v * v]).collect::<Vec<_>>();
    u.retain(|v| *v > 0.3);
    u.dedup_by(|a, b| (*a - *b).abs() < 0.05);
    u.truncate(9);
    u.iter()
        .enumerate()
        .map(|(i, v)| (i + 1) as f64 * v * v)
        .sum()
}
