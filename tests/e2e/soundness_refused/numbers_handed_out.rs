//! A vector of numbers is a `Const` result: in reverse mode Enzyme would free it before the caller gets it.
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Duplicated, Duplicated, Const)]
fn f(x: &[f64], sum: &mut f64) -> Vec<f64> {
    let squares: Vec<f64> = x.iter().map(|x| x * x).collect();
    *sum = squares.iter().sum();
    squares
}

fn main() {
    let mut dx = [0.0; 2];
    println!("{:?} {dx:?}", df(&[1.0, 2.0], &mut dx, &mut 0.0, &mut 1.0));
}
