//! Iterator of our own.

pub const N: usize = 5;

struct Pairs<'a> {
    x: &'a [f64],
    at: (usize, usize),
}

impl Iterator for Pairs<'_> {
    type Item = (f64, f64);
    fn next(&mut self) -> Option<(f64, f64)> {
        let (i, j) = self.at;
        if j >= self.x.len() {
            return None;
        }
        self.at = if j + 1 < self.x.len() {
            (i, j + 1)
        } else {
            (i + 1, i + 2)
        };
        Some((self.x[i], self.x[j]))
    }
}

pub fn f(x: &[f64]) -> f64 {
    Pairs { x, at: (0, 1) }
        .map(|(a, b)| (a - b).powi(2) * a)
        .sum()
}
