//! Replaced and taken.

pub const N: usize = 4;

/// Different weights, so that every place counts.
fn weighted(u: &[f64]) -> f64 {
    u.iter()
        .enumerate()
        .map(|(i, u)| (i + 1) as f64 * u * u)
        .sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let mut s = 0.0;
    for i in 0..u.len() {
        let next = x[(i + 1) % x.len()];
        let was = std::mem::replace(&mut u[i], next);
        s += was * was * u[i] + std::mem::take(&mut u[i]);
    }
    s + weighted(&u)
}
