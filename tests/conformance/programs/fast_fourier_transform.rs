//! Fast fourier transform.

pub const N: usize = 32;

pub fn f(x: &[f64]) -> f64 {
    let n = x.len() / 2;
    let mut u = x.to_vec();
    let mut size = 2;
    while size <= n {
        for start in (0..n).step_by(size) {
            for k in 0..size / 2 {
                let angle = -std::f64::consts::TAU * k as f64 / size as f64;
                let (s, c) = angle.sin_cos();
                let (i, j) = (2 * (start + k), 2 * (start + k + size / 2));
                let (re, im) = (u[j] * c - u[j + 1] * s, u[j] * s + u[j + 1] * c);
                (u[j], u[j + 1]) = (u[i] - re, u[i + 1] - im);
                u[i] += re;
                u[i + 1] += im;
            }
        }
        size *= 2;
    }
    u.iter()
        .enumerate()
        .map(|(i, u)| (i + 1) as f64 * u * u)
        .sum()
}
