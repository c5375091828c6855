//! Successors and from fn.

pub const N: usize = 3;

pub fn f(x: &[f64]) -> f64 {
    let logistic = std::iter::successors(Some(x[0] * 0.5), |v| {
        (*v < 0.97).then(|| 2.9 * v * (1.0 - v))
    });
    let first = logistic.take(6).sum::<f64>();
    let mut state = x[1];
    let drawn = std::iter::from_fn(|| {
        state = state.sin() + 0.3 * x[2];
        Some(state)
    });
    first * drawn.take(4).sum::<f64>()
}
