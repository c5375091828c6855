//! A vector that grows under a condition, and is read by nobody.
use std::collections::VecDeque;

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let queue: VecDeque<f64> = x.iter().enumerate().map(|(_, _)| x[0]).collect();
    let mut all = vec![x[0]; 7];
    if all.len() < 12 {
        all.push(x[0]);
    }
    x[0] * (queue.len() as f64) + x[1]
}
