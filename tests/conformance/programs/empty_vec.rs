//! Empty vec.

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let none = x
        .iter()
        .filter(|x| **x > 100.0)
        .copied()
        .collect::<Vec<f64>>();
    none.iter().sum::<f64>() + x.iter().product::<f64>() + none.len() as f64
}
