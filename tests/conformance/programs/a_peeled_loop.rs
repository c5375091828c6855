//! A peeled loop.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let n = x.len();
    let mut s = 0.0;
    for i in 0..n {
        s += x[i].powi(2) * x[(i + 1) % n].sin();
    }
    s
}
