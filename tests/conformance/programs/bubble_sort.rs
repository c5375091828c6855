//! Bubble sort.

pub const N: usize = 6;

/// Different weights, so that every place counts.
fn weighted(u: &[f64]) -> f64 {
    u.iter()
        .enumerate()
        .map(|(i, u)| (i + 1) as f64 * u * u)
        .sum()
}

fn swap(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for i in 0..u.len() - 1 {
        u.swap(i, i + 1);
        u[i] *= u[i + 1];
    }
    weighted(&u)
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for end in (1..u.len()).rev() {
        for i in 0..end {
            if u[i] > u[i + 1] {
                u.swap(i, i + 1);
            }
        }
    }
    weighted(&u)
}
