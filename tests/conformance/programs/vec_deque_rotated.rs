//! Vec deque rotated.

use std::collections::VecDeque;

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut ring = x.iter().copied().collect::<VecDeque<_>>();
    for i in 0..4 {
        ring.rotate_left(i % 3);
        let v = ring.pop_front().unwrap_or(0.0);
        ring.push_back(0.5 * v * ring[1]);
    }
    ring.make_contiguous().reverse();
    ring.iter()
        .enumerate()
        .map(|(i, v)| (i + 1) as f64 * v * v)
        .sum()
}
