//! Chunked by a predicate.

pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    x.chunk_by(|a, b| a < b)
        .map(|run| run.iter().sum::<f64>().powi(run.len() as i32))
        .sum()
}
