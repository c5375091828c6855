//! Numbers, a length and a slice that the compiler must not see through.

use std::hint::black_box;

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let cubes: Vec<f64> = black_box(x).iter().map(|x| x * x * x).collect();
    let mut sum = 0.0;
    for i in 0..black_box(x.len()) {
        sum += black_box(x[i].sin()) * cubes[i];
    }
    sum * black_box(&cubes).iter().sum::<f64>()
}
