//! Recursion that returns a float and an integer together: it cannot be inlined.
use autodiff::autodiff_reverse;

#[inline(never)]
fn halve(x: f64, n: usize) -> (f64, usize) {
    if x < 1.0 {
        return (x * x, n);
    }
    let (value, steps) = halve(x / 2.0, n + 1);
    (value * x, steps)
}

#[autodiff_reverse(df, Active, Active)]
fn f(x: f64) -> f64 {
    let (value, steps) = halve(x, 0);
    value * steps as f64
}

fn main() {
    println!("{:?}", df(5.0, 1.0));
}
