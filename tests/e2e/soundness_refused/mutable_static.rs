//! A static that takes a float from one function to another.
use autodiff::autodiff_reverse;

static mut KEPT: f64 = 1.0;

#[inline(never)]
fn doubled() -> f64 {
    unsafe { KEPT * 2.0 }
}

#[autodiff_reverse(df, Active, Active)]
fn f(x: f64) -> f64 {
    unsafe { KEPT += x };
    doubled() * x
}

fn main() {
    println!("{:?}", df(5.0, 1.0));
}
