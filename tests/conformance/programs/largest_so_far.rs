//! The largest element so far, and the sum of those that were largest.
pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    let mut largest = x[0];
    let mut so_far = vec![0.0; x.len()];
    for i in 0..x.len() {
        let v = x[(3 * i) % x.len()];
        largest = if v > largest { v } else { largest };
        so_far[i] = largest;
    }
    let mut weighted = 0.0;
    let mut at = x[1];
    for (i, v) in x.iter().enumerate() {
        at = if i % 3 == 1 { *v } else { at };
        weighted += at * (i + 1) as f64;
    }
    so_far
        .iter()
        .enumerate()
        .map(|(i, v)| (i + 1) as f64 * v * v)
        .sum::<f64>()
        + weighted
}
