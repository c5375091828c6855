//! Hash map with std's own hasher, whose keys differ from run to run.

use std::collections::HashMap;

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let mut seen = HashMap::new();
    for (i, x) in x.iter().enumerate() {
        seen.insert(i * i, (*x, i as f64 * x * x));
    }
    (0..x.len())
        .map(|i| seen[&(i * i)].0 * seen.get(&(i * i)).map_or(0.0, |pair| pair.1))
        .sum()
}
