//! Bool and two floats.

pub const N: usize = 6;

#[inline(never)]
fn bounded(x: f64) -> (bool, f64, f64) {
    (x > 0.6, x * x, x.exp())
}

pub fn f(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for x in x {
        let (above, square, exponential) = bounded(*x);
        s += if above { square } else { exponential };
    }
    s
}
