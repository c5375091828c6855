//! Loops whose length shrinks.

pub const N: usize = 21;

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

pub fn f(x: &[f64]) -> f64 {
    let n = x.len() / 7;
    let (points, factors) = x.split_at(3 * n);
    let mut product = vec![0.0; n];
    let mut sum = 0.0;
    for point in points.chunks_exact(n) {
        for factor in factors.chunks_exact(n * (n + 1) / 2) {
            multiply(factor, point, &mut product);
            sum += sum_of_squares(&product);
        }
    }
    sum
}

/// A lower triangle, the diagonal first and then what is below it by columns, times a vector.
fn multiply(factor: &[f64], by: &[f64], product: &mut [f64]) {
    let (diagonal, mut below) = factor.split_at(by.len());
    for ((p, d), b) in product.iter_mut().zip(diagonal).zip(by) {
        *p = d * b;
    }
    for (j, b) in by.iter().enumerate() {
        let (column, rest) = below.split_at(by.len() - 1 - j);
        for (p, entry) in product[j + 1..].iter_mut().zip(column) {
            *p += entry * b;
        }
        below = rest;
    }
}
