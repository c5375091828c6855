//! What is not a function, and functions that have no derivative.
use autodiff::autodiff_reverse;

#[autodiff_reverse(d_struct, Active)]
struct Struct(f64);

#[autodiff_reverse]
mod module {}

#[autodiff_reverse(d_const, Active)]
const CONST: f64 = 1.0;

#[autodiff_reverse(d_future, Active, Active)]
async fn future(x: f64) -> f64 {
    x
}

#[autodiff_reverse(d_diverges, Active, Active)]
fn diverges(x: f64) -> ! {
    panic!("{x}")
}

#[autodiff_reverse(d_configured, Active, Active)]
fn configured(#[cfg(all())] x: f64) -> f64 {
    x
}

extern "C" {
    #[autodiff_reverse(d_variadic, Active, Active)]
    fn variadic(x: f64, ...) -> f64;
}

fn main() {
    let _ = Struct(CONST).0;
    let _ = future(1.0);
    let _ = configured(1.0);
}
