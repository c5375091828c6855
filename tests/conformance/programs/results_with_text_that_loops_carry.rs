//! Results with a text for an error, which loops carry, exchange and merge, and both kinds of which happen.
pub const N: usize = 6;
fn checked(v: f64, n: usize) -> Result<f64, String> {
    if v > 1.1 {
        Err(format!("number {n:20} is too large"))
    } else {
        Ok(v.sin() * v)
    }
}
fn chained(x: &[f64]) -> Result<f64, String> {
    let mut sum = 0.0f64;
    for (i, v) in x.iter().enumerate() {
        sum += checked(*v, i)? * sum.cos();
        sum += checked(0.1 * sum, i)?;
    }
    Ok(sum)
}
pub fn f(x: &[f64]) -> f64 {
    let mut last: Result<f64, String> = Err("none".to_string());
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        let next = checked(v * 0.9, i).and_then(|a| checked(a * 0.5 + 0.1 * sum, i));
        sum += match (&last, &next) {
            (Ok(a), Ok(b)) => a * b,
            (Ok(a), Err(t)) => a * t.len() as f64,
            (Err(t), Ok(b)) => b * t.len() as f64,
            (Err(_), Err(_)) => *v,
        };
        last = next;
    }
    let whole = match chained(x) {
        Ok(v) => v * v,
        Err(text) => text.len() as f64 * x[0],
    };
    let summed: Result<f64, String> = x.iter().map(|v| checked(v * 0.3, 0)).sum();
    sum + last.unwrap_or(x[1]) + whole + summed.unwrap()
}
