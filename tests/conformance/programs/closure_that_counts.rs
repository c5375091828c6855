//! Closure that counts.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let (mut calls, mut sum) = (0, 0.0);
    let mut add = |v: f64| {
        calls += 1;
        sum = 0.5 * sum + v * calls as f64;
        sum
    };
    let products = x.iter().map(|x| add(*x) * x).sum::<f64>();
    products + sum * calls as f64
}
