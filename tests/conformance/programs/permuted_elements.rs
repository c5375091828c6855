//! Permuted elements.

pub const N: usize = 7;

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let n = u.len();
    for i in 0..3 * n {
        u[i % n] *= 0.3 + u[(5 * i + 2) % n];
    }
    sum_of_squares(&u)
}
