//! Buffers that change places between calls of a function which rustc promises that they do not overlap.

pub const N: usize = 4;

fn advance(from: &[f64], to: &mut [f64]) {
    let n = from.len();
    for i in 0..n {
        to[i] = from[i] * from[(i + 1) % n] + from[i].sin();
    }
}

pub fn f(x: &[f64]) -> f64 {
    let (mut now, mut next) = (x.to_vec(), vec![0.0; x.len()]);
    for _ in 0..x.len() {
        advance(&now, &mut next);
        std::mem::swap(&mut now, &mut next);
    }
    now.iter()
        .enumerate()
        .map(|(i, u)| (i + 1) as f64 * u * u)
        .sum()
}
