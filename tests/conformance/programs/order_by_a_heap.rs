//! Order by a heap.

use std::collections::{BTreeMap, BinaryHeap, VecDeque};

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let mut order = BinaryHeap::new();
    for (i, x) in x.iter().enumerate() {
        order.push(((x * 1000.0) as i64, i));
    }
    let mut s = 0.0;
    let mut weight = 1.0;
    while let Some((_, i)) = order.pop() {
        s += weight * x[i] * x[i];
        weight += 1.0;
    }
    s
}
