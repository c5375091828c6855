//! Total order.

pub const N: usize = 8;

pub fn f(x: &[f64]) -> f64 {
    let mut u = x
        .iter()
        .flat_map(|x| [*x, x * x + 3.0, x.sin() - 3.0])
        .collect::<Vec<_>>();
    u.sort_unstable_by(f64::total_cmp);
    u.iter()
        .enumerate()
        .map(|(i, u)| (i + 1) as f64 * u * u)
        .sum()
}
