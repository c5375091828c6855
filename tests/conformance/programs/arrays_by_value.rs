//! Arrays by value.

pub const N: usize = 4;

#[inline(never)]
fn rotated(m: [[f64; 2]; 2], v: [f64; 2]) -> [f64; 2] {
    m.map(|row| row[0] * v[0] + row[1] * v[1])
}

pub fn f(x: &[f64]) -> f64 {
    let m = [[x[0], x[1]], [x[2], x[3]]];
    let mut v = [1.0, x[0]];
    for _ in 0..3 {
        v = rotated(m, v);
    }
    v[0] * v[1]
}
