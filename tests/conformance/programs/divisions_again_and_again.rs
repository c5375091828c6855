//! Elements divided by what may be themselves.
pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    let mut u: Vec<f64> = (0..3).map(|i| x[0] + x[i + 2]).collect();
    for i in (1..=3).rev() {
        for _ in (1..=6).rev() {
            let j = i % u.len();
            u[j] /= 1.5 + u[2].sin();
        }
    }
    u.iter()
        .enumerate()
        .map(|(i, v)| (1 + i) as f64 * (0.3 * v).sin())
        .sum()
}
