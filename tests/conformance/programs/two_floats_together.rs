//! Two floats together.

pub const N: usize = 3;

#[inline(never)]
fn polar(x: f64, y: f64) -> (f64, f64) {
    (x.hypot(y), y.atan2(x))
}

pub fn f(x: &[f64]) -> f64 {
    let (r, phi) = polar(x[0], x[1]);
    r * phi * x[2]
}
