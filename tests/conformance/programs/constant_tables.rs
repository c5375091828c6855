//! Constant tables.

pub const N: usize = 6;

static WEIGHTS: [f64; 4] = [0.5, -1.0, 2.0, 0.25];

static NAMES: [&str; 3] = ["one", "three", "sixteen"];

pub fn f(x: &[f64]) -> f64 {
    x.iter()
        .enumerate()
        .map(|(i, x)| WEIGHTS[i % 4] * x * x * NAMES[i % 3].len() as f64)
        .sum()
}
