//! Overlapping copy within.

pub const N: usize = 8;

/// Different weights, so that every place counts.
fn weighted(u: &[f64]) -> f64 {
    u.iter()
        .enumerate()
        .map(|(i, u)| (i + 1) as f64 * u * u)
        .sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for step in 1..3 {
        u.copy_within(0..5, step);
        u[0] *= u[step];
    }
    weighted(&u)
}
