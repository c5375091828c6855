//! Largest and smallest.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let by = |a: &&f64, b: &&f64| a.partial_cmp(b).unwrap();
    let largest = x.iter().max_by(by).unwrap();
    let smallest = x.iter().min_by(by).unwrap();
    let at = x
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.partial_cmp(b.1).unwrap())
        .map_or(0, |(i, _)| i);
    largest * largest - smallest.sin() + x[(at + 1) % x.len()] * largest
}
