//! Return from two loops.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for i in 0..u.len() {
        for j in 0..u.len() {
            if j == i {
                continue;
            }
            u[i] += 0.2 * u[j] * u[i];
            if u[i] > 1.5 {
                return u.iter().map(|u| u * u).sum();
            }
        }
    }
    u[0]
}
