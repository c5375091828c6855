//! Generic calls.

pub const N: usize = 2;

fn cube(x: f64) -> f64 {
    x * x * x
}

#[inline(never)]
fn apply(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(f(x))
}

pub fn f(x: &[f64]) -> f64 {
    let a = x[1];
    apply(cube, x[0]) + apply(|v| v * a, x[0]) + apply(f64::sin, a)
}
