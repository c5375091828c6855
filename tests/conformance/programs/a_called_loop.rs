//! A called loop.

pub const N: usize = 6;

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

#[inline(never)]
fn sweep(u: &mut [f64], nu: f64) {
    for i in 0..u.len() - 1 {
        u[i] += nu * u[i + 1] * u[i];
    }
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x[1..].to_vec();
    for _ in 0..3 {
        sweep(&mut u, x[0]);
    }
    sum_of_squares(&u)
}
