//! Arrays of arrays moved.

pub const N: usize = 8;

fn shuffled(mut rows: [[f64; 2]; 4]) -> [[f64; 2]; 4] {
    rows.swap(0, 3);
    rows.rotate_left(1);
    let [first, ..] = rows;
    rows[2] = [first[1], first[0] * rows[3][1]];
    rows
}

pub fn f(x: &[f64]) -> f64 {
    let mut rows = [[0.0; 2]; 4];
    for (i, x) in x.iter().enumerate() {
        rows[i / 2][i % 2] = *x;
    }
    shuffled(shuffled(rows))
        .iter()
        .flatten()
        .enumerate()
        .map(|(i, v)| (i + 1) as f64 * v * v)
        .sum()
}
