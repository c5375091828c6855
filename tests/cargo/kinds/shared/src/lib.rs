//! For programs in other languages, and for Rust at once.

use autodiff::autodiff_reverse;

#[autodiff_reverse(dpower, Active, Const, Active)]
fn power(x: f64, n: i32) -> f64 {
    base::cube(x) * x.powi(n)
}

/// The derivative of x to the power of n + 3.
#[no_mangle]
pub extern "C" fn slope_of_power(x: f64, n: i32) -> f64 {
    dpower(x, n, 1.0).1
}
