//! Return and continue in place.

pub const N: usize = 7;

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for i in 0..u.len() - 1 {
        if u[i] < 0.5 {
            continue;
        }
        u[i + 1] *= u[i];
        if u[i + 1] > 1.2 {
            return u[i] * u[i + 1] * u[0];
        }
        u[i] += u[i + 1];
    }
    u.iter().product()
}
