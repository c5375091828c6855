//! The logarithm of the gamma function, of C's library.
use autodiff::autodiff_reverse;

unsafe extern "C" {
    fn lgamma(x: f64) -> f64;
}

#[autodiff_reverse(df, Active, Active)]
fn f(x: f64) -> f64 {
    let value = x * x;
    unsafe { lgamma(value) }
}

fn main() {
    println!("{:?}", df(1.5, 1.0));
}
