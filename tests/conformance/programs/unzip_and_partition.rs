//! Unzip and partition.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let (sines, squares): (Vec<f64>, Vec<f64>) = x.iter().map(|x| (x.sin(), x * x)).unzip();
    let (small, large): (Vec<f64>, Vec<f64>) = squares.iter().partition(|s| **s < 0.4);
    small.iter().sum::<f64>() * large.iter().sum::<f64>() + sines.iter().product::<f64>()
}
