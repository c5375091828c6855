//! A value that is divided again and again, and counted each time.
pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    let mut v = x[0];
    let mut s = 0.0;
    for (i, d) in x.iter().enumerate() {
        v /= 1.5 + d;
        s += v * (i + 1) as f64;
    }
    let mut w = x[1];
    for d in &x[2..] {
        w *= 0.5 + d;
        s += w.sin();
    }
    s
}
