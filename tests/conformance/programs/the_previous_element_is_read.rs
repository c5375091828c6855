//! The previous element is read.

pub const N: usize = 6;

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for _ in 0..2 {
        for i in 1..u.len() {
            u[i] *= 0.5 + u[i - 1].sin();
        }
    }
    sum_of_squares(&u)
}
