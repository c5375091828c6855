//! While with several exits.

pub const N: usize = 3;

pub fn f(x: &[f64]) -> f64 {
    let (mut lo, mut hi) = (x[0] - 2.0, x[1] + 3.0);
    let mut i = 0;
    while hi - lo > 0.5 {
        let middle = 0.4 * lo + 0.6 * hi;
        if i > 20 {
            return lo * hi;
        }
        if middle * x[i % x.len()] > 0.4 {
            hi = middle;
        } else if middle < -5.0 {
            break;
        } else {
            lo = middle * middle.cos().abs();
        }
        i += 1;
    }
    lo * hi * x[2]
}
