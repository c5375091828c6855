//! Slices joined and filled.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let (left, right) = x.split_at(2);
    let mut u = [right, left, right].concat();
    u[3..5].fill(left[0] * right[0]);
    u.swap(0, 6);
    u.chunks_exact_mut(2).for_each(|pair| pair.swap(0, 1));
    u.iter()
        .enumerate()
        .map(|(i, v)| (i + 1) as f64 * v * v)
        .sum()
}
