//! Swap with slice.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut a = x.to_vec();
    let mut b = x.iter().map(|x| x.cos()).collect::<Vec<_>>();
    a[1..4].swap_with_slice(&mut b[2..5]);
    a.iter()
        .zip(&b)
        .enumerate()
        .map(|(i, (a, b))| (i + 1) as f64 * a * b)
        .sum()
}
