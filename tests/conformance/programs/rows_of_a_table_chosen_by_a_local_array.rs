//! References to rows of a table that lie in a local array, and are kept beside what counts.

static TABLE: [f64; 4] = [2.0, 3.0, 5.0, 7.0];

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let squares: Vec<f64> = x.iter().map(|x| x * x).collect();
    let rows = [&TABLE[..2], &TABLE[2..], &TABLE[1..]];
    let mut terms: Vec<(&[f64], f64)> = Vec::new();
    for (i, x) in x.iter().enumerate() {
        terms.push((rows[i * i % 3], x.sin()));
        terms.push((&squares, *x));
    }
    terms
        .iter()
        .map(|(row, x)| row.iter().rev().sum::<f64>() * x)
        .sum()
}
