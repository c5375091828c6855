//! Zeroed arrays.

pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    let mut histogram = [0.0; 4];
    for (i, x) in x.iter().enumerate() {
        histogram[i % 4] += x * x;
    }
    let mut heap = vec![0.0; x.len()];
    for (i, x) in x.iter().enumerate() {
        heap[i / 2] += x * histogram[i % 4];
    }
    heap.iter().chain(&histogram).map(|h| h * h).sum()
}
