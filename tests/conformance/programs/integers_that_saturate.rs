//! Indices and weights by checked, wrapping and saturating arithmetic of many widths.

pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    let mut at: u8 = 250;
    let mut seed: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        at = at.wrapping_add(3);
        seed = seed.rotate_left(13).wrapping_mul(0xBF58_476D_1CE4_E5B9) ^ (seed >> 31);
        let other = x[(seed % 7) as usize];
        let weight = i32::from(at).saturating_sub(100).min(40) as f64 / 40.0;
        let power = (i as i64 - 3)
            .checked_rem(2)
            .map_or(0, |r| r.unsigned_abs()) as i32
            + 1;
        sum += weight * v.powi(power) * other
            + f64::from(u16::try_from(i * 9999).unwrap_or(7)) * 1e-4 * v;
        if i128::from(seed).count_ones() % 3 == 0 {
            sum *= other;
        }
    }
    sum
}
