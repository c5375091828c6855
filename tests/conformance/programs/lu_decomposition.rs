//! Lu decomposition.

pub const N: usize = 9;

pub fn f(x: &[f64]) -> f64 {
    let n = 3;
    let mut a = x.to_vec();
    for i in 0..n {
        a[n * i + i] += 3.0;
    }
    for k in 0..n {
        for i in k + 1..n {
            a[n * i + k] /= a[n * k + k];
            for j in k + 1..n {
                a[n * i + j] -= a[n * i + k] * a[n * k + j];
            }
        }
    }
    (0..n).map(|i| a[n * i + i].ln()).sum()
}
