//! Break over three loops.

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let mut s = 1.0;
    'outer: for a in x {
        'middle: for b in x {
            for c in x {
                s += 0.05 * a * b * c * s;
                if s > 2.5 {
                    break 'outer;
                }
                if a * b < 0.3 * s * c {
                    continue 'middle;
                }
            }
            s += b.sin();
        }
        s *= 0.9 + 0.1 * a;
    }
    s * s
}
