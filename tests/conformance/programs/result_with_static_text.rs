//! A called function that returns a float or a text.
pub const N: usize = 4;
#[inline(never)]
fn verdict(x: f64) -> Result<f64, &'static str> {
    if x > 0.9 {
        Err("too large")
    } else {
        Ok(x * x)
    }
}
pub fn f(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for x in x {
        s += match verdict(*x) {
            Ok(v) => v,
            Err(text) => text.len() as f64 * x,
        };
    }
    s
}
