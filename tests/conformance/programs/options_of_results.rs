//! Options of results with integers.
pub const N: usize = 6;
#[inline(never)]
fn pick(i: usize, x: f64) -> Option<Result<f64, usize>> {
    match i % 3 {
        0 => None,
        1 => Some(Ok(x * x)),
        _ => Some(Err(i)),
    }
}
pub fn f(x: &[f64]) -> f64 {
    let all: Vec<_> = x.iter().enumerate().map(|(i, x)| pick(i, *x)).collect();
    let mut s = 1.0;
    for (i, one) in all.iter().enumerate() {
        s += match one {
            None => x[i],
            Some(Ok(v)) => s * v,
            Some(Err(n)) => *n as f64 * x[i],
        };
    }
    s
}
