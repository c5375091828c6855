//! Numbers that are rounded by adding a large one and taking it away, as C's mathematics does.
pub const N: usize = 6;
// away from where something is rounded the other way
pub const POINTS: &[&[f64]] = &[
    &[1.177, 1.327, 1.739, 1.172, 1.683, 1.741],
    &[0.413, 0.623, 1.244, -0.453, 1.332, -0.545],
    &[-0.895, 1.54, 1.851, 1.543, -0.09, 0.111],
];
const LARGE: f64 = 6755399441055744.0; // 1.5 * 2^52
#[inline(never)]
fn sine(x: f64) -> f64 {
    let quarter = std::f64::consts::FRAC_PI_2;
    let turns = (x / quarter + LARGE) - LARGE;
    let r = x - turns * quarter;
    let (s, c) = (r - r * r * r / 6.0 + r.powi(5) / 120.0, 1.0 - r * r / 2.0 + r.powi(4) / 24.0);
    match turns as i64 & 3 {
        0 => s,
        1 => c,
        2 => -s,
        _ => -c,
    }
}
#[inline(never)]
fn power_of_two(x: f64) -> f64 {
    let bits = (x + LARGE / 16.0).to_bits();
    let rest = x - (f64::from_bits(bits) - LARGE / 16.0);
    let whole = x - rest;
    (1.0 + rest * (std::f64::consts::LN_2 + rest * 0.2402)) * whole.exp2()
}
fn rounded(x: f64) -> f64 {
    let large = 4503599627370496f64.copysign(x); // 2^52
    (x + large) - large
}
fn floor(x: f64) -> f64 {
    let y = x + LARGE - LARGE - x;
    if y > 0.0 { x + y - 1.0 } else { x + y }
}
pub fn f(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        let far = 10.3 * v + i as f64;
        sum += sine(far) + power_of_two(*v) * rounded(far) + (far - floor(far)).powi(2);
        sum += v.mul_add(7.0, LARGE) - LARGE;
    }
    sum
}
