//! Structs copied.

pub const N: usize = 12;

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
        all[i] = all[i + 1];
        all[i].mass *= all[i].at[0];
    }
    all.iter()
        .map(|p| p.mass * (p.at[0] + 2.0 * p.at[1] * p.at[1]))
        .sum()
}
