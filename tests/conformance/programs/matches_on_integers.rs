//! Matches on integers.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (i, x) in x.iter().enumerate() {
        s += match i {
            0 => x.sin(),
            1 => x * x,
            2 | 3 => x.exp() * s,
            _ => *x,
        };
    }
    s
}
