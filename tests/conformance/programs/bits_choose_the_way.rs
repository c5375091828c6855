//! Bits choose the way.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let mut bits = 0b1011_0110_u32;
    let mut s = 1.0;
    for i in 0.. {
        if bits == 0 {
            break;
        }
        let x = x[i % x.len()];
        s = if bits & 1 == 1 {
            s * x + 0.2
        } else {
            s - x * x
        };
        bits = bits.rotate_right(1) & 0x7fff_ffff & bits.wrapping_sub(1) | bits >> 1 & 0xff;
        bits >>= bits.trailing_zeros().min(1);
    }
    s
}
