//! Numbers whose bytes are all the same, of which LLVM makes one call that fills memory.

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let mut sum: f64 = u.iter().map(|u| u * u).sum();
    for u in u.iter_mut() {
        *u = f64::from_bits(0x4040404040404040);
    }
    for i in 0..x.len() {
        sum += u[i] * x[i];
        u[i] = 0.1 * sum;
    }
    sum + u[0]
}
