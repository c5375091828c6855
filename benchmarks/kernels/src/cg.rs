//! Conjugate gradients: 8 iterations on a sparse, diagonally dominant matrix, that of a grid of `size` times `size`
//! cells with five points.
//!
//! x: the matrix's entries by rows, then the right-hand side.

use crate::kernel::Kernel;
use crate::numbers::Numbers;
use autodiff::autodiff_reverse;

const ITERATIONS: usize = 8;

/// Where a sparse matrix has entries.
struct Pattern {
    rows: Vec<usize>,
    columns: Vec<usize>,
}

impl Pattern {
    fn of_grid(side: usize) -> Self {
        let (mut rows, mut columns) = (vec![0], Vec::new());
        for i in 0..side {
            for j in 0..side {
                let cell = i * side + j;
                let around = [
                    (i > 0).then(|| cell - side),
                    (j > 0).then(|| cell - 1),
                    Some(cell),
                    (j + 1 < side).then_some(cell + 1),
                    (i + 1 < side).then_some(cell + side),
                ];
                columns.extend(around.into_iter().flatten());
                rows.push(columns.len());
            }
        }
        Self { rows, columns }
    }

    fn multiply(&self, entries: &[f64], by: &[f64], product: &mut [f64]) {
        for (row, p) in self.rows.windows(2).zip(product) {
            let range = row[0]..row[1];
            *p = entries[range.clone()]
                .iter()
                .zip(&self.columns[range])
                .map(|(e, column)| e * by[*column])
                .sum();
        }
    }
}

pub fn kernel(version: &str, size: usize) -> Option<Kernel> {
    let mut numbers = Numbers::new();
    let (pattern, again) = (Pattern::of_grid(size), Pattern::of_grid(size));
    let mut x = Vec::new();
    for (row, bounds) in pattern.rows.windows(2).enumerate() {
        x.extend(pattern.columns[bounds[0]..bounds[1]].iter().map(|column| {
            if *column == row {
                4.5 + 0.5 * numbers.uniform()
            } else {
                -1.0
            }
        }));
    }
    let entries = x.len();
    x.extend(numbers.take(size * size, 1.0));
    Some(match version {
        "plain" => Kernel::new(
            x,
            move |x| solve(&pattern, &x[..entries], &x[entries..]),
            move |x, dx| {
                let (dmatrix, db) = dx.split_at_mut(entries);
                dsolve(&again, &x[..entries], dmatrix, &x[entries..], db, 1.0)
            },
        ),
        _ => return None,
    })
}

/// The square of the solution.
#[autodiff_reverse(dsolve, Const, Duplicated, Duplicated, Active)]
fn solve(pattern: &Pattern, entries: &[f64], b: &[f64]) -> f64 {
    let mut x = vec![0.0; b.len()];
    let mut residual = b.to_vec();
    let mut direction = b.to_vec();
    let mut product = vec![0.0; b.len()];
    let mut square = dot(&residual, &residual);
    for _ in 0..ITERATIONS {
        pattern.multiply(entries, &direction, &mut product);
        let step = square / dot(&direction, &product);
        add(&mut x, step, &direction);
        add(&mut residual, -step, &product);
        let next = dot(&residual, &residual);
        let turn = next / square;
        for (d, r) in direction.iter_mut().zip(&residual) {
            *d = r + turn * *d;
        }
        square = next;
    }
    dot(&x, &x)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += factor * what;
    }
}
