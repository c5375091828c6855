//! Rotations.

pub const N: usize = 7;

/// Different weights, so that every place counts.
fn weighted(u: &[f64]) -> f64 {
    u.iter()
        .enumerate()
        .map(|(i, u)| (i + 1) as f64 * u * u)
        .sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    u.rotate_left(2);
    u[0] *= u[1];
    u.rotate_right(3);
    weighted(&u)
}
