//! A thread-local variable.
use autodiff::autodiff_reverse;
use std::cell::Cell;

thread_local! {
    static SCALE: Cell<f64> = const { Cell::new(2.0) };
}

#[autodiff_reverse(df, Active, Active)]
fn f(x: f64) -> f64 {
    SCALE.with(|scale| {
        scale.set(scale.get() + x);
        scale.get() * x
    })
}

fn main() {
    println!("{:?}", df(5.0, 1.0));
}
