//! Hash map whose values are vectors.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

pub const N: usize = 8;

pub fn f(x: &[f64]) -> f64 {
    let mut groups: HashMap<&str, Vec<f64>, BuildHasherDefault<DefaultHasher>> = HashMap::default();
    for (i, x) in x.iter().enumerate() {
        let name = ["red", "green", "blue"][i % 3];
        groups.entry(name).or_default().push(x.sin() * i as f64);
    }
    let red: f64 = groups["red"].iter().product();
    let green: f64 = groups["green"].iter().sum();
    red + green * groups["blue"][0]
}
