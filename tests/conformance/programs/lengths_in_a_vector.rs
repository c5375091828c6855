//! A vector that grows, and holds how long the inner loops are; a hash map beside it makes the function a long one.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

pub const N: usize = 3;

pub fn f(x: &[f64]) -> f64 {
    let steps: Vec<(f64, usize)> = x
        .iter()
        .enumerate()
        .filter(|_| x.len() > 2)
        .map(|(i, x)| (*x, (i + 7) % 4))
        .collect();
    let mut state = 0.4;
    for _ in 0..3 {
        for (v, n) in &steps {
            for _ in 0..*n {
                state = (state * v + 0.1f64).sin();
            }
        }
    }
    let mut counts: HashMap<usize, Vec<f64>, BuildHasherDefault<DefaultHasher>> =
        HashMap::default();
    for i in 0..6 {
        counts.entry(i % 3).or_default().push(0.6);
    }
    state + counts.len() as f64
}
