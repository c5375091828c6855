//! A function pointer that is a Const parameter.
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Const, Active, Active)]
fn f(g: fn(f64) -> f64, x: f64) -> f64 {
    g(x) * x
}

fn cube(x: f64) -> f64 {
    x * x * x
}

fn main() {
    println!("{:?}", df(std::hint::black_box(cube), 2.0, 1.0));
}
