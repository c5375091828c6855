//! Hash map with values in f32.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

type F = f32;
pub const N: usize = 7;

pub fn f(x: &[F]) -> F {
    let mut sums: HashMap<u8, [F; 3], BuildHasherDefault<DefaultHasher>> = HashMap::default();
    for (i, x) in x.iter().enumerate() {
        let sum = sums.entry(i as u8 % 3).or_insert([0.0; 3]);
        sum[i % 2] += x * x;
        sum[2] += x;
    }
    sums[&0][0] * sums[&1][2] + sums[&2][1]
}
