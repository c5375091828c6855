//! An arm of a match that two numbers take, and that is only a value.
pub const N: usize = 7;

#[inline(never)]
fn weigh(v: f64) -> f64 {
    v
}

pub fn f(x: &[f64]) -> f64 {
    let sum: f64 = x.iter().skip_while(|v| **v > 0.7).map(|_| x[0]).sum();
    let v = match ((x[1].abs() * 3.0) as usize) % 4 {
        0 => x[0],
        1 | 2 => sum,
        _ => x[x.len() - 1],
    };
    x[0] + 0.5 * weigh(v)
}
