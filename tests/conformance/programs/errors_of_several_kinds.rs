//! An error that is a number, counts, or a text, passed on by question marks and taken apart.
pub const N: usize = 6;
enum Wrong {
    Small(f64),
    Many { most: usize, got: usize },
    Text(String),
}
fn checked(v: f64, n: usize) -> Result<f64, Wrong> {
    if n > 100 {
        Err(Wrong::Many { most: 100, got: n })
    } else if v < 0.5 {
        Err(Wrong::Small(v))
    } else if v > 0.9 {
        Err(Wrong::Text(format!("{n:5} of them")))
    } else {
        Ok(v * v * v)
    }
}
fn all(x: &[f64], by: f64) -> Result<f64, Wrong> {
    let mut product = 1.0f64;
    for v in x {
        product *= checked(v * by, x.len())?.cos();
    }
    Ok(product)
}
fn number(result: Result<f64, Wrong>, x: &[f64]) -> f64 {
    match result {
        Ok(v) => v,
        Err(Wrong::Small(v)) => v * v * x[0],
        Err(Wrong::Many { most, got }) => (most + got) as f64 * x[1],
        Err(Wrong::Text(text)) => text.len() as f64 * x[2],
    }
}
pub fn f(x: &[f64]) -> f64 {
    let each: f64 = x.iter().map(|v| number(checked(*v, x.len()), x)).sum();
    each + number(all(x, 0.1), x) + number(all(x, 1.0), x) + number(checked(x[3], 200), x)
}
