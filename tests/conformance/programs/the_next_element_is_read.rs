//! The next element is read.

pub const N: usize = 7;

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x[1..].to_vec();
    let nu = x[0];
    for _ in 0..3 {
        for i in 0..u.len() - 1 {
            u[i] += nu * u[i + 1];
        }
    }
    sum_of_squares(&u)
}
