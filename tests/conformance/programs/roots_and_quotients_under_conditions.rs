//! Roots, logarithms and quotients under conditions that keep them from where they have no derivative.

pub const N: usize = 6;

fn root(u: f64) -> f64 {
    if u > 0.0 {
        u.sqrt()
    } else {
        3.0 * u
    }
}

pub fn f(x: &[f64]) -> f64 {
    let zero = 0.0 * x[0];
    let quotient = if zero > 0.0 { 1.0 / zero } else { zero + x[1] };
    let roots: f64 = x.iter().map(|x| root(x - 0.7) + root(zero)).sum();
    let logarithm = match x[2] < 0.0 {
        true => x[2].ln(),
        false if zero != 0.0 => (x[2] / zero).exp(),
        false => x[2],
    };
    quotient * roots + logarithm
}
