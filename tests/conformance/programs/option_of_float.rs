//! Option of float.

pub const N: usize = 6;

#[inline(never)]
fn root(x: f64) -> Option<f64> {
    (x > 0.5).then(|| x.sqrt())
}

pub fn f(x: &[f64]) -> f64 {
    x.iter().filter_map(|x| root(*x)).sum::<f64>() + root(x[0]).unwrap_or(x[1])
}
