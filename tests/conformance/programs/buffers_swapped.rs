//! Buffers swapped.

pub const N: usize = 4;

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
    let (mut now, mut next) = (x.to_vec(), vec![0.0; x.len()]);
    for _ in 0..3 {
        for i in 0..now.len() {
            next[i] = now[i] * now[(i + 1) % now.len()];
        }
        std::mem::swap(&mut now, &mut next);
    }
    weighted(&now)
}
