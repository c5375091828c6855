//! Bits of floats.

pub const N: usize = 3;

pub fn f(x: &[f64]) -> f64 {
    x.iter()
        .map(|x| f64::from_bits(x.to_bits()).abs().copysign(-1.0) * x)
        .sum()
}
