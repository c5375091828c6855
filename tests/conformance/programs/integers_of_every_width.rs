//! Integers of every width.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let bytes = x.iter().map(|x| (x * 30.0) as u8).collect::<Vec<_>>();
    let small = bytes
        .iter()
        .map(|b| i16::from(*b) - 18)
        .collect::<Vec<i16>>();
    let sum = small
        .iter()
        .map(|s| i64::from(*s))
        .sum::<i64>()
        .rem_euclid(3);
    x.iter()
        .zip(&small)
        .map(|(x, s)| if *s > 0 { x * x } else { x.sin() })
        .sum::<f64>()
        * (1 + sum) as f64
}
