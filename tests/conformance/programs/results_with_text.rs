//! Results with text.

pub const N: usize = 4;

#[inline(never)]
fn checked(x: f64) -> Result<f64, String> {
    if x > 40.0 {
        return Err(format!("{x} is too large"));
    }
    Ok(x * x + 0.1)
}

pub fn f(x: &[f64]) -> f64 {
    let mut s = 1.0;
    for x in x {
        match checked(s * x) {
            Ok(v) => s = v,
            Err(text) => s *= text.len() as f64,
        }
    }
    s
}
