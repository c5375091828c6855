//! Nested caches that grow.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let mut n = 0;
    while u[0] < 1e9 && n < 300 {
        let mut i = 0;
        while i < u.len() - 1 && u[i] * u[i] < 1e6 {
            u[i] += 0.001 * u[i + 1] * u[i] + 0.001;
            i += 1;
        }
        n += 1;
    }
    u.iter().map(|u| u.ln()).sum::<f64>()
}
