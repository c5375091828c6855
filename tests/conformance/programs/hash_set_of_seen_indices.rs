//! Hash set that decides which floats are used.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, DefaultHasher};

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut seen: HashSet<usize, BuildHasherDefault<DefaultHasher>> = HashSet::default();
    let mut product = 1.0;
    for i in [0, 3, 1, 3, 5, 0, 2] {
        product *= if seen.insert(i) { x[i] } else { x[i].cos() };
    }
    product
}
