//! Closure that is returned.

pub const N: usize = 3;

fn polynomial(a: f64, b: f64) -> impl Fn(f64) -> f64 {
    move |x| a * x * x + b * x
}

fn twice(g: impl Fn(f64) -> f64) -> impl Fn(f64) -> f64 {
    move |x| g(g(x))
}

pub fn f(x: &[f64]) -> f64 {
    twice(polynomial(x[0], x[1]))(x[2])
}
