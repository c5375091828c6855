//! Text in cold paths.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (i, x) in x.iter().enumerate() {
        if !x.is_finite() {
            panic!("x[{i}] = {x:?} is not finite after {s:.3}");
        }
        s += x * x.sqrt();
        debug_assert!(s > 0.0, "sum {s}");
    }
    s
}
