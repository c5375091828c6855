//! Gauss seidel iteration.

pub const N: usize = 12;

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

pub fn f(x: &[f64]) -> f64 {
    let n = 3;
    let (a, b) = x.split_at(n * n);
    let mut u = b.to_vec();
    for _ in 0..3 {
        for i in 0..n {
            let mut rest = b[i];
            for j in (0..n).filter(|&j| j != i) {
                rest -= a[n * i + j] * u[j];
            }
            u[i] = rest / (4.0 + a[n * i + i]);
        }
    }
    sum_of_squares(&u)
}
