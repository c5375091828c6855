//! Reverse mode over reverse mode, of a function that calls itself.
use autodiff::autodiff_reverse;

fn power(b: f64, n: usize) -> f64 {
    if n == 0 { 1.0 } else { b * power(b, n - 1) }
}

#[autodiff_reverse(df, Active, Const, Active)]
fn f(b: f64, n: usize) -> f64 {
    power(b, n)
}

#[autodiff_reverse(second, Active, Const, Active)]
fn slope(b: f64, n: usize) -> f64 {
    df(b, n, 1.0).1
}

fn main() {
    println!("{:?}", second(0.9, 3, 1.0));
}
