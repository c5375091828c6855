//! A slice that is a parameter that counts, or one that does not.
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Duplicated, Const, Const, Active)]
fn f(x: &[f64], fixed: &[f64], choice: usize) -> f64 {
    let from = if choice == 0 { fixed } else { x };
    from.iter().zip(x).map(|(a, b)| a * a * b).sum()
}

fn main() {
    let mut shadow = [0.0; 2];
    println!("{}", df(&[1.0, 2.0], &mut shadow, &[3.0, 4.0], std::env::args().count(), 1.0));
}
