//! Searches by iterators.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for a in x {
        let found = x.iter().position(|b| b * a > 0.5).unwrap_or(0);
        let largest = x
            .iter()
            .copied()
            .take_while(|b| *b < 0.95)
            .fold(0.1, f64::max);
        s += a * x[found] + largest * largest;
    }
    s
}
