//! A called helper.

pub const N: usize = 6;

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

#[inline(never)]
fn relax(u: &mut [f64], i: usize) {
    u[i] = u[i] * u[i + 1] + 0.5 * u[i];
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for i in 0..u.len() - 1 {
        relax(&mut u, i);
    }
    for i in (0..u.len() - 1).rev() {
        relax(&mut u, i);
    }
    sum_of_squares(&u)
}
