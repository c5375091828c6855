//! Structs sorted.

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
    all.sort_by(|a, b| b.mass.partial_cmp(&a.mass).unwrap());
    let last = all.pop().unwrap();
    all.insert(0, last);
    all.iter()
        .enumerate()
        .map(|(i, p)| (i + 2) as f64 * p.mass * p.at[0] * p.at[1] + f64::from(p.id))
        .sum()
}
