//! Loop that gives a value.

pub const N: usize = 3;

pub fn f(x: &[f64]) -> f64 {
    let mut y = x[0];
    let mut n = 0;
    loop {
        let step = (y * y - x[1]) / (2.0 * y);
        y -= step;
        n += 1;
        if step.abs() < 1e-14 || n == 60 {
            break y * x[2];
        }
    }
}
