//! What does not change in a loop, but may be computed only under a condition in it.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let below = x[0] - 3.0;
    let mut sum = 0.0;
    for i in 1..x.len() {
        if x[i] > 2.0 {
            sum += below.sqrt() * x[i] + x[i] / (0.0 * below);
        } else {
            sum += below * x[i];
        }
    }
    sum
}
