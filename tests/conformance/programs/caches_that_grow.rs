//! Caches that grow.

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let (mut y, mut t, mut n) = (x[0], 0.0, 0usize);
    while t < 8.0 {
        let step = 1e-4 * (1.0 + 0.5 * (n % 7) as f64);
        for x in &x[1..] {
            if y > 0.01 {
                y -= step * y * y * x;
            }
        }
        t += step;
        n += 1;
    }
    y * y
}
