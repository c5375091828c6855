//! Twenty functions of libm.

pub const N: usize = 2;
pub const POINTS: &[&[f64]] = &[&[0.4, 1.3]];

pub fn f(x: &[f64]) -> f64 {
    let [a, b] = [x[0], x[1]];
    a.sin() * b.cos()
        + a.tan()
        + a.exp() * b.ln()
        + a.sqrt()
        + b.cbrt()
        + a.powf(b)
        + a.powi(3)
        + a.exp2()
        + b.log10()
        + b.log2()
        + a.asin()
        + a.acos()
        + b.atan()
        + a.atan2(b)
        + a.sinh()
        + b.cosh()
        + a.tanh()
        + a.hypot(b)
        + a.exp_m1()
        + b.ln_1p()
}
