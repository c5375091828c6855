//! Break over two loops.

pub const N: usize = 5;

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
