//! A vector of zeros that nobody writes before it grows: LLVM gets its memory as zeros.

pub const N: usize = 2;

fn tower(x: f64, left: usize) -> f64 {
    if left == 0 {
        return 1.0;
    }
    0.5 * tower(x.sin(), left - 1) + x.sin()
}

pub fn f(x: &[f64]) -> f64 {
    let zeros = [0.0; 5];
    let mut grown: Vec<f64> = zeros.iter().copied().collect();
    grown.push(x[0]);
    x[0] + 0.5 * tower(grown[2], 2) * x[1]
}
