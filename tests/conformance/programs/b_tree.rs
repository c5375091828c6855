//! B tree.

use std::collections::{BTreeMap, BinaryHeap, VecDeque};

pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    let mut sums = BTreeMap::new();
    for (i, x) in x.iter().enumerate() {
        *sums.entry(i % 3).or_insert(0.0) += x * x;
    }
    sums.values().map(|v| v * v).sum::<f64>() + sums[&0] * sums[&1]
}
