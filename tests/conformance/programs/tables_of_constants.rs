//! Tables of constants.

pub const N: usize = 6;

const fn squares() -> [u32; 8] {
    let mut table = [0; 8];
    let mut i = 0;
    while i < 8 {
        table[i] = (i * i) as u32;
        i += 1;
    }
    table
}
static SQUARES: [u32; 8] = squares();
static NESTED: &[(&str, [f64; 2])] = &[("first", [0.5, 1.0]), ("second", [2.0, -1.0])];

pub fn f(x: &[f64]) -> f64 {
    x.iter()
        .enumerate()
        .map(|(i, x)| {
            let (name, [a, b]) = NESTED[i % 2];
            f64::from(SQUARES[i]) * a * x * x + b * x + name.len() as f64
        })
        .sum()
}
