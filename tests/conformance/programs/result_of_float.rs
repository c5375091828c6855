//! Result of float.

pub const N: usize = 5;

#[inline(never)]
fn divided(a: f64, b: f64) -> Result<f64, i32> {
    if b < 0.4 {
        Err((b * 10.0) as i32)
    } else {
        Ok(a / b)
    }
}

pub fn f(x: &[f64]) -> f64 {
    let mut s = x[0];
    for x in x {
        s += match divided(s, *x) {
            Ok(v) => v * x,
            Err(code) => f64::from(code) * x,
        };
    }
    s
}
