//! Sort by.

pub const N: usize = 6;

/// Different weights, so that every place counts.
fn weighted(u: &[f64]) -> f64 {
    u.iter()
        .enumerate()
        .map(|(i, u)| (i + 1) as f64 * u * u)
        .sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    u.sort_by(|a, b| a.partial_cmp(b).unwrap());
    weighted(&u)
}
