//! Structs with integers.

pub const N: usize = 12;

#[derive(Clone, Copy)]
struct Particle {
    at: [f64; 2],
    mass: f64,
    id: u32,
}

fn particles(x: &[f64]) -> Vec<Particle> {
    (0u32..)
        .zip(x.chunks(3))
        .map(|(id, p)| Particle {
            at: [p[0], p[1]],
            mass: p[2],
            id,
        })
        .collect()
}

pub fn f(x: &[f64]) -> f64 {
    let mut all = particles(x);
    for i in 0..all.len() - 1 {
        all[i] = all[i + 1];
        all[i].mass *= all[i].at[0] + f64::from(all[i].id);
    }
    all.swap(0, 2);
    all.reverse();
    all.iter()
        .enumerate()
        .map(|(i, p)| (i + 1) as f64 * p.mass * (p.at[0] + 2.0 * p.at[1] * p.at[1]))
        .sum()
}
