//! Hash map that grows, loses entries and rehashes in place.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut map: HashMap<u32, f64, BuildHasherDefault<DefaultHasher>> = HashMap::default();
    for round in 0..60_u32 {
        let i = round as usize % x.len();
        map.insert(round, x[i] * x[(i + 1) % x.len()]);
        if round >= 12 {
            let gone = map.remove(&(round - 12)).unwrap();
            *map.get_mut(&(round - 5)).unwrap() += 0.1 * gone * x[i];
        }
    }
    (0..60)
        .map(|key| {
            map.get(&key)
                .map_or(0.0, |value| f64::from(key % 7) * value)
        })
        .sum()
}
