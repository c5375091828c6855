//! The gamma function of C's library.
use autodiff::autodiff_reverse;

unsafe extern "C" {
    fn tgamma(x: f64) -> f64;
}

#[autodiff_reverse(df, Active, Active)]
fn f(x: f64) -> f64 {
    let value = x * x;
    unsafe { tgamma(value) }
}

fn main() {
    println!("{:?}", df(1.5, 1.0));
}
