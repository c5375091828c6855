//! Tuples of everything.

pub const N: usize = 4;

fn packed(x: f64, i: usize) -> (f64, (usize, f32), [f64; 2], bool) {
    (x * x, (i, 0.5), [x, 1.0 + x], i % 2 == 0)
}

pub fn f(x: &[f64]) -> f64 {
    let all = x
        .iter()
        .enumerate()
        .map(|(i, x)| packed(*x, i))
        .collect::<Vec<_>>();
    all.iter()
        .map(|(a, (i, b), [c, d], even)| {
            if *even {
                a * c
            } else {
                d * f64::from(*b) * *i as f64
            }
        })
        .sum()
}
