//! Scan and flat map.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    x.iter()
        .scan(1.0, |state, x| {
            *state *= 0.5 + x;
            Some(*state)
        })
        .flat_map(|s| [s, s * s])
        .sum()
}
