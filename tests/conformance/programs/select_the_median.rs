//! Select the median.

pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let (_, median, _) = u.select_nth_unstable_by(3, |a, b| a.partial_cmp(b).unwrap());
    let median = *median;
    x.iter().map(|x| (x - median).powi(2)).sum()
}
