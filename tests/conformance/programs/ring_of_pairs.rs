//! Ring of pairs.

use std::collections::{BTreeMap, BinaryHeap, VecDeque};

pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    let mut ring = VecDeque::new();
    for (i, x) in x.iter().enumerate() {
        if i % 2 == 0 {
            ring.push_back((x * x, i as u32));
        } else {
            ring.push_front((x.sin(), i as u32));
        }
    }
    ring.rotate_left(2);
    ring.iter().map(|(v, i)| f64::from(*i + 1) * v * v).sum()
}
