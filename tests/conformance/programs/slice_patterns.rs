//! Slice patterns.

pub const N: usize = 6;

fn folded(x: &[f64]) -> f64 {
    match x {
        [] => 1.0,
        [one] => one.sin(),
        [first, middle @ .., last] => first * last + 0.5 * folded(middle),
    }
}

pub fn f(x: &[f64]) -> f64 {
    folded(x) * x[0]
}
