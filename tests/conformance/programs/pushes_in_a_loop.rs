//! A vector that grows under a condition in a loop, and is read by nobody.
use std::collections::VecDeque;

pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    let queue: VecDeque<f64> = x.iter().enumerate().map(|(_, _)| x[0]).collect();
    for _ in (2..queue.len() - 2).step_by(3) {
        let mut all = vec![x[0]; 7];
        if all.len() < 12 {
            all.push(x[0]);
        }
    }
    x[0] + x[0] + x[1]
}
