//! Panics in a differentiated function when it is given a word, and not otherwise.

use autodiff::autodiff_reverse;

#[autodiff_reverse(dnth, Duplicated, Const, Active)]
fn nth(x: &[f64], n: usize) -> f64 {
    let square = x[n] * x[n];
    square + x[0]
}

#[inline(never)]
fn caller(n: usize) -> f64 {
    let mut gradient = [0.0; 2];
    let value = dnth(&[1.0, 2.0], &mut gradient, n, 1.0);
    value + gradient[1]
}

fn main() {
    println!("{}", caller(std::env::args().count()));
}
