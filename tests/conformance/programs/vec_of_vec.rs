//! Vec of vec.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut rows = x.chunks(2).map(<[f64]>::to_vec).collect::<Vec<_>>();
    for i in 0..rows.len() - 1 {
        let carry = rows[i][0] * rows[i][1];
        rows[i + 1].push(carry);
    }
    rows.iter().map(|row| row.iter().product::<f64>()).sum()
}
