//! Runge kutta.

pub const N: usize = 3;

pub fn f(x: &[f64]) -> f64 {
    let slope = |u: [f64; 2]| [u[1], -x[2] * u[0] - 0.1 * u[1].powi(3)];
    let moved = |u: [f64; 2], k: [f64; 2], h: f64| [u[0] + h * k[0], u[1] + h * k[1]];
    let mut u = [x[0], x[1]];
    let h = 0.1;
    for _ in 0..10 {
        let a = slope(u);
        let b = slope(moved(u, a, h / 2.0));
        let c = slope(moved(u, b, h / 2.0));
        let d = slope(moved(u, c, h));
        for i in 0..2 {
            u[i] += h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]);
        }
    }
    u[0] * u[1]
}
