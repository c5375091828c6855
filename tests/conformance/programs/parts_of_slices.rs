//! Parts of slices.

pub const N: usize = 6;

/// Different weights, so that every place counts.
fn weighted(u: &[f64]) -> f64 {
    u.iter()
        .enumerate()
        .map(|(i, u)| (i + 1) as f64 * u * u)
        .sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = vec![1.0; x.len() + 2];
    u[2..].copy_from_slice(x);
    let (left, right) = u.split_at_mut(3);
    left.clone_from_slice(&right[..3]);
    left[0] *= right[1];
    weighted(&u)
}
