//! A vector of pairs that grows: its elements are moved as bytes.
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    let mut all = Vec::new();
    for (i, x) in x.iter().enumerate() {
        all.push((i, x * x));
    }
    all.iter().map(|(i, x)| (i + 1) as f64 * x).sum()
}

fn main() {
    println!("{:?}", df(&[1.0; 9], &mut [0.0; 9], 1.0));
}
