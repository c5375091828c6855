//! Structures of a number, a vector and an index, sorted by the number.

pub const N: usize = 4;

struct Row {
    weight: f64,
    values: Vec<f64>,
    index: usize,
}

pub fn f(x: &[f64]) -> f64 {
    let row = |(index, x): (usize, &f64)| Row {
        weight: *x,
        values: vec![x.sin(); index],
        index,
    };
    let mut rows: Vec<Row> = x.iter().enumerate().map(row).collect();
    rows.sort_by(|a, b| b.weight.partial_cmp(&a.weight).unwrap());
    rows.iter()
        .enumerate()
        .map(|(i, row)| {
            let squares = row.values.iter().map(|v| v * v * row.weight);
            row.weight * (i + row.index) as f64 + squares.sum::<f64>()
        })
        .sum()
}
