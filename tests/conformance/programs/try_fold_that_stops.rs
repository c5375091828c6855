//! Try fold that stops.

pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    let all = x.iter().try_fold(
        0.0,
        |s: f64, x| if s > 2.0 { Err(s * s) } else { Ok(s + x * x) },
    );
    match all {
        Ok(s) => s.sin(),
        Err(s) => s * x[0],
    }
}
