//! Hash map with a fixed hasher.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    let mut sums: HashMap<usize, f64, BuildHasherDefault<DefaultHasher>> = HashMap::default();
    for (i, x) in x.iter().enumerate() {
        *sums.entry(i % 4).or_insert(1.0) *= x;
    }
    (0..4).map(|i| (i + 1) as f64 * sums[&i]).sum()
}
