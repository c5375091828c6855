use autodiff::{autodiff_forward, autodiff_reverse};
use std::cell::Cell;

extern "C" {
    fn unknown(x: f64) -> f64;
}

#[autodiff_reverse(df, Active, Active)]
fn f(x: f64) -> f64 {
    unsafe { unknown(x) }
}

thread_local!(static SEEN: Cell<f64> = const { Cell::new(0.0) });

#[autodiff_forward(dg, Dual, Dual)]
fn g(x: f64) -> f64 {
    SEEN.with(|seen| seen.replace(x) * x)
}

fn main() {
    println!("{:?} {:?}", df(1.0, 1.0), dg(1.0, 1.0));
}
