//! Hash map that is cloned, changed through an iterator, and drained.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let first: HashMap<usize, f64, BuildHasherDefault<DefaultHasher>> =
        x.iter().map(|x| x * x).enumerate().collect();
    let mut second = first.clone();
    for (key, value) in &mut second {
        *value *= 1.0 + *key as f64;
    }
    second.retain(|key, _| key % 3 != 1);
    let sum: f64 = second.values().sum();
    let product: f64 = second.drain().map(|(key, value)| value + x[key]).product();
    sum * first[&2] + product
}
