//! Indices sorted by floats.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut order = (0..x.len()).collect::<Vec<_>>();
    order.sort_by(|i, j| x[*j].partial_cmp(&x[*i]).unwrap());
    order
        .iter()
        .enumerate()
        .map(|(rank, i)| (rank + 1) as f64 * x[*i] * x[*i])
        .sum()
}
