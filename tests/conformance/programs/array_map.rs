//! Array map.

pub const N: usize = 3;

pub fn f(x: &[f64]) -> f64 {
    let a = [x[0], x[1], x[2]];
    let b = a.map(|a| a * a + x[0]);
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
