//! Return that does not come.

pub const N: usize = 4;
pub const POINTS: &[&[f64]] = &[&[0.1, 0.2, 0.3, 0.4]];

pub fn f(x: &[f64]) -> f64 {
    let mut s = x[0];
    for (i, x) in x.iter().enumerate() {
        if i % 3 == 1 {
            s *= 1.1 * x;
            continue;
        }
        s += x * x * s;
        if s > 4.0 {
            return s * x;
        }
    }
    s.sin()
}
