//! A vector of vectors whose memory is used again for numbers, as `collect` does.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let rows: Vec<Vec<f64>> = x.chunks(2).map(|row| row.to_vec()).collect();
    let sums: Vec<f64> = rows.into_iter().map(|row| row.iter().sum()).collect();
    sums[0] * sums[1]
}
