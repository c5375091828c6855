//! Constants that are written into a vector beside what counts.
pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut u: Vec<f64> = x.to_vec();
    for _ in 0..5 {
        if u.len() < 12 {
            u.insert(1, x[0]);
        }
        if u.len() < 9 {
            u.extend([x[0], 0.5]);
        }
    }
    u[0] * u[4] + u[5].sin() + u[1]
}
