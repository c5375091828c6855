//! A hash map of pairs of indices that grows, and numbers at both.

use std::collections::HashMap;

pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    let mut before: HashMap<usize, usize> = HashMap::new();
    for i in 1..x.len() {
        before.insert(i, i - 1);
    }
    before.iter().map(|(i, j)| x[*i] * x[*j] * (i + j) as f64).sum()
}
