//! A hash map that grows and is emptied, where a float's bits are looked at, too.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let mut lists: HashMap<usize, Vec<f64>, BuildHasherDefault<DefaultHasher>> = HashMap::default();
    for i in 0..12 {
        let v = x[i % x.len()] * (1.0 + 0.1 * i as f64);
        lists
            .entry(i % 5)
            .or_default()
            .push(f64::from_bits(v.to_bits()));
        if i > 4 && i % 4 == 0 {
            lists.remove(&2);
        }
    }
    (0..5)
        .filter_map(|i| lists.get(&i))
        .map(|list| list.iter().map(|v| (0.5 * v).sin()).sum::<f64>())
        .sum()
}
