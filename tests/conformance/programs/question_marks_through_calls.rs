//! Results through several calls with question marks.
pub const N: usize = 5;
#[inline(never)]
fn root(x: f64, at: usize) -> Result<f64, usize> {
    if x < 0.0 {
        Err(at)
    } else {
        Ok(x.sqrt())
    }
}
#[inline(never)]
fn sum(x: &[f64]) -> Result<f64, usize> {
    let mut s = 0.0;
    for (i, x) in x.iter().enumerate() {
        s += root(*x + 0.3, i)? * (i + 1) as f64;
    }
    Ok(s)
}
fn both(x: &[f64]) -> Result<f64, usize> {
    let a = sum(&x[..2])?;
    let b = sum(&x[2..])?;
    Ok(a * b)
}
pub fn f(x: &[f64]) -> f64 {
    match both(x) {
        Ok(v) => v,
        Err(n) => n as f64 * x[0] * x[1] + 1.0,
    }
}
