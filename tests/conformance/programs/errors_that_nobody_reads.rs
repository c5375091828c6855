//! Results whose errors are numbers that nobody reads.
pub const N: usize = 3;

#[inline(never)]
fn limited(p: f64, q: f64, n: usize) -> Result<f64, usize> {
    if q > 1.0 {
        return Err(n);
    }
    Ok(p * q)
}

fn many(p: f64, q: f64, n: usize) -> Result<f64, usize> {
    let mut s = p;
    for k in 0..3 {
        s = 0.5 * s + limited(s, q, n + k)?.sin();
    }
    Ok(s * p)
}

pub fn f(x: &[f64]) -> f64 {
    many(x[0], x[1], 0).unwrap_or(0.6) + many(x[1], 1.0 + x[2], 4).unwrap_or(0.6) * x[2]
}
