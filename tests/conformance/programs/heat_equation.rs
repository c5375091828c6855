//! Heat equation.

pub const N: usize = 8;

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for _ in 0..4 {
        for i in 1..u.len() - 1 {
            u[i] += 0.2 * u[i] * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
        }
    }
    sum_of_squares(&u)
}
