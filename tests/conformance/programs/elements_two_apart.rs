//! Elements two apart.

pub const N: usize = 8;

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for i in 0..u.len() - 2 {
        u[i] *= u[i + 2];
        u[i + 1] += u[i] * u[i + 2];
    }
    sum_of_squares(&u)
}
