//! Hill's function with an exponent to be found, where there may be nothing of the substance.

pub const N: usize = 3;

#[inline(never)]
fn response(dose: f64, half: f64, exponent: f64) -> f64 {
    let power = dose.powf(exponent);
    power / (half.powf(exponent) + power)
}

pub fn f(x: &[f64]) -> f64 {
    let powers: Vec<f64> = x.iter().map(|v| (0.5 + x[0] * x[0]).powf(v.sin())).collect();
    let sum: f64 = powers.iter().map(|power| (0.3 * power).sin()).sum();
    sum + [0.0, 0.5, 1.0, 2.0]
        .iter()
        .map(|&dose| {
            let found = response(dose, 0.5 + x[0], 1.0 + x[1]);
            let other = if dose < x[2] + 3.0 { dose.powf(x[2] + 0.5) } else { 1.0 };
            (found - 0.3 * dose).powi(2) * other + found
        })
        .sum::<f64>()
}
