//! Vectors that several own by `Arc`, changed only where nobody else has them.

use std::sync::Arc;

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let base: Arc<Vec<f64>> = Arc::new(x.iter().map(|v| v * v).collect());
    let mut other = Arc::clone(&base);
    for v in Arc::make_mut(&mut other) {
        *v = v.sin();
    }
    let third = Arc::clone(&other);
    let sum: f64 = base.iter().zip(third.iter()).map(|(a, b)| a * b).sum();
    sum + other[1] * Arc::strong_count(&other) as f64
}
