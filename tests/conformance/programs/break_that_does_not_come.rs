//! Break that does not come.

pub const N: usize = 3;
pub const POINTS: &[&[f64]] = &[&[0.1, 0.2, 0.3]];

pub fn f(x: &[f64]) -> f64 {
    let mut s = 1.0;
    'outer: for a in x {
        for b in x {
            s += 0.3 * a * b * s;
            if s > 3.0 {
                break 'outer;
            }
        }
        s *= a.cos();
    }
    s * s
}
