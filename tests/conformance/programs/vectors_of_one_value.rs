//! Vectors of one value.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let copies = x.iter().map(|v| v * x[0]).collect::<Vec<f64>>();
    let same = vec![x[0]; 4];
    let zeros = vec![0.0; x.len()];
    let sums = [&copies, &same, &zeros].map(|u| u.iter().sum::<f64>());
    sums[0] * sums[1] + sums[2]
}
