//! Structs with an integer inside, moved whole.
use autodiff::autodiff_reverse;

#[derive(Clone, Copy)]
struct Particle {
    at: [f64; 2],
    mass: f64,
    id: u32,
}

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    let mut all = (0u32..)
        .zip(x.chunks(3))
        .map(|(id, p)| Particle {
            at: [p[0], p[1]],
            mass: p[2],
            id,
        })
        .collect::<Vec<_>>();
    for i in 0..all.len() - 1 {
        all[i] = all[i + 1];
        all[i].mass *= all[i].at[0] + f64::from(all[i].id);
    }
    all.iter()
        .map(|p| p.mass * (p.at[0] + 2.0 * p.at[1] * p.at[1]))
        .sum()
}

fn main() {
    println!("{:?}", df(&[1.0; 9], &mut [0.0; 9], 1.0));
}
