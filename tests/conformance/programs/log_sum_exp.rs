//! Log sum exp.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let largest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    largest + x.iter().map(|x| (x - largest).exp()).sum::<f64>().ln()
}

pub fn gradient(x: &[f64]) -> Vec<f64> {
    let sum = x.iter().map(|x| x.exp()).sum::<f64>();
    x.iter().map(|x| x.exp() / sum).collect()
}
