//! Floats and integers.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let narrow = x.iter().map(|x| (*x * 2.0) as i32).sum::<i32>();
    x.iter()
        .enumerate()
        .map(|(i, x)| x * x * i as f64)
        .sum::<f64>()
        + f64::from(narrow % 2) * x[0]
}
