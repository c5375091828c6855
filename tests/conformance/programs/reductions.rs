//! Reductions.

pub const N: usize = 11;

pub fn f(x: &[f64]) -> f64 {
    let (mut a, mut b, mut c) = (0.0, 1.0, 0.0);
    for x in x {
        a += x * x;
        b *= x;
        c += x * b;
    }
    a * b + c
}
