//! A loop that runs backwards.

pub const N: usize = 6;

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for i in (1..u.len()).rev() {
        u[i] *= u[i - 1];
        u[i - 1] += u[i].cos();
    }
    sum_of_squares(&u)
}
