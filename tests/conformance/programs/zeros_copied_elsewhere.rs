//! Vectors of zeros of which copies are changed.

pub const N: usize = 3;

pub fn f(x: &[f64]) -> f64 {
    let plain = vec![0.0; 40 + x.len()];
    let mut cloned = plain.clone();
    cloned.extend_from_slice(x);
    let mut rows = vec![vec![0.0; 4]; 3];
    rows.push(x.to_vec());
    let boxed: Box<[f64]> = plain.into_boxed_slice();
    let mut last = boxed.to_vec();
    last[7] += x[2];
    last.push(x[1]);
    let sum: f64 = cloned
        .iter()
        .zip(&last)
        .map(|(a, b)| (a + 0.5) * (b + 0.25))
        .sum();
    sum + rows[1][2].exp() * rows[3][1] + rows[0][0].cos() * x[2]
}
