//! Structs swapped.

pub const N: usize = 12;

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

#[derive(Clone, Copy)]
struct Particle {
    at: [f64; 2],
    mass: f64,
}

pub fn f(x: &[f64]) -> f64 {
    let mut all = x
        .chunks(3)
        .map(|p| Particle {
            at: [p[0], p[1]],
            mass: p[2],
        })
        .collect::<Vec<_>>();
    for i in 0..all.len() - 1 {
        all.swap(i, i + 1);
    }
    all.iter()
        .enumerate()
        .map(|(i, p)| (i + 1) as f64 * p.mass * (p.at[0] + 2.0 * p.at[1] * p.at[1]))
        .sum()
}
