//! Vec deque.

use std::collections::VecDeque;

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let mut ring = VecDeque::new();
    for x in x {
        ring.push_back(x * x);
        ring.push_front(x.sin());
    }
    ring.iter()
        .enumerate()
        .map(|(i, r)| (i + 1) as f64 * r * r)
        .sum()
}
