//! Mutable static that is read.

pub const N: usize = 3;

static mut SCALE: f64 = 3.0;

pub fn f(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>() * unsafe { SCALE }
}
