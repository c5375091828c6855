//! Continue of the outer loop.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut s = 0.0;
    'outer: for (i, a) in x.iter().enumerate() {
        let mut part = *a;
        for b in &x[i..] {
            part *= 0.8 + b * b;
            if part > 1.5 {
                s += part;
                continue 'outer;
            }
        }
        s += a * part.sin();
    }
    s
}
