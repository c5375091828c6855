//! Each pair once, by an iterator that skips; and iterators that skip other numbers, in loops in loops.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let (masses, places) = x.split_at(3);
    let mut energy = 0.0;
    for (i, (mass, place)) in masses.iter().zip(places).enumerate() {
        energy += 0.5 * mass * place * place;
        for (other, there) in masses.iter().zip(places).skip(i + 1) {
            energy -= mass * other / ((place - there) * (place - there) + 0.1).sqrt();
        }
    }
    let mut u = x.to_vec();
    for start in 0..4 {
        let before = u[start];
        for (k, u) in u.iter_mut().enumerate().skip(start).step_by(2) {
            *u = *u * before + (k as f64) * 0.1;
        }
    }
    energy + u.iter().skip(1).zip(&u).map(|(u, v)| u * v.sin()).sum::<f64>()
}
