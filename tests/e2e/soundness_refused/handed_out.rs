//! A vector of the caller's gets new memory: in reverse mode Enzyme would free it, and its shadow, at the end.
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Duplicated, Duplicated, Active)]
fn f(x: &[f64], scaled: &mut Vec<f64>) -> f64 {
    let sum: f64 = scaled.iter().zip(x).map(|(a, b)| a * b).sum();
    *scaled = x.iter().map(|x| x * sum).collect();
    sum * sum
}

fn main() {
    let (mut dx, mut y, mut dy) = ([0.0; 2], vec![1.0, 2.0], vec![0.0; 2]);
    println!("{} {dx:?}", df(&[1.0, 2.0], &mut dx, &mut y, &mut dy, 1.0));
}
