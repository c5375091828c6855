//! Options in memory.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut best: Option<f64> = None;
    for x in x {
        best = match best {
            Some(b) if b > *x => Some(b * 0.9),
            _ => Some(x * x),
        };
    }
    let slots = x
        .iter()
        .map(|x| (*x > 0.5).then_some(*x))
        .collect::<Vec<_>>();
    best.unwrap_or(0.0) + slots.iter().flatten().map(|s| s * s).sum::<f64>()
}
