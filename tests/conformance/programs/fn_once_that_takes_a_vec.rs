//! Fn once that takes a vec.

pub const N: usize = 4;

fn apply(g: impl FnOnce() -> f64) -> f64 {
    g() * 2.0
}

pub fn f(x: &[f64]) -> f64 {
    let owned = x.iter().map(|x| x * x).collect::<Vec<_>>();
    apply(move || owned.into_iter().fold(1.0, |a, b| a * b + b))
}
