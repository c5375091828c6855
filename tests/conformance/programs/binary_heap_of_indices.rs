//! Binary heap of indices.

use std::collections::BinaryHeap;

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut heap = x
        .iter()
        .enumerate()
        .map(|(i, _)| (i * 5) % 7)
        .collect::<BinaryHeap<usize>>();
    let mut s = 0.3;
    while let Some(i) = heap.pop() {
        s = s * x[i % x.len()] + x[i % 2];
    }
    s
}
