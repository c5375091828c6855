//! A B-tree.
use autodiff::autodiff_reverse;
use std::collections::BTreeMap;

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    let mut sums = BTreeMap::new();
    for (i, x) in x.iter().enumerate() {
        *sums.entry(i % 3).or_insert(0.0) += x * x;
    }
    sums[&0] * sums[&1]
}

fn main() {
    println!("{:?}", df(&[1.0; 9], &mut [0.0; 9], 1.0));
}
