//! Rows copied in a loop.

pub const N: usize = 12;

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

#[inline(never)]
fn shift(rows: &mut [[f64; 3]]) {
    for i in 0..rows.len() - 1 {
        rows[i] = rows[i + 1];
        rows[i][0] *= rows[i][1];
        rows[i + 1][2] += rows[i][0] * rows[i][2];
    }
}

pub fn f(x: &[f64]) -> f64 {
    let mut rows = x
        .chunks(3)
        .map(|row| [row[0], row[1], row[2]])
        .collect::<Vec<_>>();
    shift(&mut rows);
    shift(&mut rows);
    rows.iter().map(|row| sum_of_squares(row)).sum()
}
