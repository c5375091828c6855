//! Loops that overwrite what an earlier or later iteration reads: the reverse pass needs the old values.

use crate::check::{both, reverse, values};
use autodiff::{autodiff_forward, autodiff_reverse};

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

#[autodiff_forward(reads_next_forward, Dual, Dual)]
#[autodiff_reverse(reads_next_reverse, Duplicated, Active)]
fn reads_next(x: &[f64]) -> f64 {
    let mut u = x[1..].to_vec();
    let nu = x[0];
    for _ in 0..3 {
        for i in 0..u.len() - 1 {
            u[i] += nu * u[i + 1];
        }
    }
    sum_of_squares(&u)
}

#[autodiff_forward(reads_previous_forward, Dual, Dual)]
#[autodiff_reverse(reads_previous_reverse, Duplicated, Active)]
fn reads_previous(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for _ in 0..2 {
        for i in 1..u.len() {
            u[i] *= 0.5 + u[i - 1].sin();
        }
    }
    sum_of_squares(&u)
}

#[autodiff_reverse(two_apart_reverse, Duplicated, Active)]
fn two_apart(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for i in 0..u.len() - 2 {
        u[i] *= u[i + 2];
        u[i + 1] += u[i] * u[i + 2];
    }
    sum_of_squares(&u)
}

#[autodiff_reverse(backwards_reverse, Duplicated, Active)]
fn backwards(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for i in (1..u.len()).rev() {
        u[i] *= u[i - 1];
        u[i - 1] += u[i].cos();
    }
    sum_of_squares(&u)
}

#[autodiff_forward(heat_forward, Dual, Dual)]
#[autodiff_reverse(heat_reverse, Duplicated, Active)]
fn heat(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for _ in 0..4 {
        for i in 1..u.len() - 1 {
            u[i] += 0.2 * u[i] * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
        }
    }
    sum_of_squares(&u)
}

#[autodiff_reverse(gauss_seidel_reverse, Duplicated, Active)]
fn gauss_seidel(x: &[f64]) -> f64 {
    let n = 3;
    let (a, b) = x.split_at(n * n);
    let mut u = b.to_vec();
    for _ in 0..3 {
        for i in 0..n {
            let mut rest = b[i];
            for j in (0..n).filter(|&j| j != i) {
                rest -= a[n * i + j] * u[j];
            }
            u[i] = rest / (4.0 + a[n * i + i]);
        }
    }
    sum_of_squares(&u)
}

#[autodiff_reverse(carried_reverse, Duplicated, Active)]
fn carried(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let mut carry = 1.0;
    for u in &mut u {
        carry = 0.5 * carry * *u + carry.sin();
        *u += carry * *u;
    }
    carry * sum_of_squares(&u)
}

#[autodiff_reverse(permuted_reverse, Duplicated, Active)]
fn permuted(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let n = u.len();
    for i in 0..3 * n {
        u[i % n] *= 0.3 + u[(5 * i + 2) % n];
    }
    sum_of_squares(&u)
}

#[inline(never)]
fn relax(u: &mut [f64], i: usize) {
    u[i] = u[i] * u[i + 1] + 0.5 * u[i];
}

#[autodiff_forward(helper_forward, Dual, Dual)]
#[autodiff_reverse(helper_reverse, Duplicated, Active)]
fn helper(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for i in 0..u.len() - 1 {
        relax(&mut u, i);
    }
    for i in (0..u.len() - 1).rev() {
        relax(&mut u, i);
    }
    sum_of_squares(&u)
}

#[inline(never)]
fn sweep(u: &mut [f64], nu: f64) {
    for i in 0..u.len() - 1 {
        u[i] += nu * u[i + 1] * u[i];
    }
}

#[autodiff_reverse(sweeps_reverse, Duplicated, Active)]
fn sweeps(x: &[f64]) -> f64 {
    let mut u = x[1..].to_vec();
    for _ in 0..3 {
        sweep(&mut u, x[0]);
    }
    sum_of_squares(&u)
}

#[inline(never)]
fn shift(rows: &mut [[f64; 3]]) {
    for i in 0..rows.len() - 1 {
        rows[i] = rows[i + 1];
        rows[i][0] *= rows[i][1];
        rows[i + 1][2] += rows[i][0] * rows[i][2];
    }
}

#[autodiff_reverse(rows_reverse, Duplicated, Active)]
fn rows(x: &[f64]) -> f64 {
    let mut rows = x
        .chunks(3)
        .map(|row| [row[0], row[1], row[2]])
        .collect::<Vec<_>>();
    shift(&mut rows);
    shift(&mut rows);
    rows.iter().map(|row| sum_of_squares(row)).sum()
}

#[autodiff_reverse(grid_reverse, Duplicated, Active)]
fn grid(x: &[f64]) -> f64 {
    let mut u = [[0.0; 4]; 4];
    for (i, x) in x.iter().enumerate() {
        u[i / 4][i % 4] = *x;
    }
    for _ in 0..2 {
        for i in 1..3 {
            for j in 1..3 {
                u[i][j] *= 0.3 * (u[i - 1][j] + u[i + 1][j] + u[i][j - 1] * u[i][j + 1]);
            }
        }
    }
    u.iter().map(|row| sum_of_squares(row)).sum()
}

#[autodiff_reverse(peeled_reverse, Duplicated, Active)]
fn peeled(x: &[f64]) -> f64 {
    let n = x.len();
    let mut s = 0.0;
    for i in 0..n {
        s += x[i].powi(2) * x[(i + 1) % n].sin();
    }
    s
}

#[autodiff_reverse(summed_before_reverse, Duplicated, Active)]
fn summed_before(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let mut square = sum_of_squares(&u);
    let mut sum = 0.0;
    for _ in 0..2 {
        for u in &mut u {
            *u *= 0.7;
        }
        let next = sum_of_squares(&u);
        sum += next * square;
        square = next;
    }
    sum
}

#[autodiff_reverse(triangles_reverse, Duplicated, Active)]
fn triangles(x: &[f64]) -> f64 {
    let n = x.len() / 7;
    let (points, factors) = x.split_at(3 * n);
    let mut product = vec![0.0; n];
    let mut sum = 0.0;
    for point in points.chunks_exact(n) {
        for factor in factors.chunks_exact(n * (n + 1) / 2) {
            multiply(factor, point, &mut product);
            sum += sum_of_squares(&product);
        }
    }
    sum
}

/// A lower triangle, the diagonal first and then what is below it by columns, times a vector.
fn multiply(factor: &[f64], by: &[f64], product: &mut [f64]) {
    let (diagonal, mut below) = factor.split_at(by.len());
    for ((p, d), b) in product.iter_mut().zip(diagonal).zip(by) {
        *p = d * b;
    }
    for (j, b) in by.iter().enumerate() {
        let (column, rest) = below.split_at(by.len() - 1 - j);
        for (p, entry) in product[j + 1..].iter_mut().zip(column) {
            *p += entry * b;
        }
        below = rest;
    }
}

#[autodiff_reverse(overlapping_reverse, Duplicated, Active)]
fn overlapping(x: &[f64]) -> f64 {
    x.iter().map(|v| v + x[1]).sum::<f64>() + x.rchunks(2).map(|c| x[0] - c[0]).sum::<f64>()
}

cases! {
    the_next_element_is_read => both(reads_next, reads_next_reverse, reads_next_forward, &values(7)),
    the_previous_element_is_read => both(reads_previous, reads_previous_reverse, reads_previous_forward, &values(6)),
    elements_two_apart => reverse(two_apart, two_apart_reverse, &values(8)),
    a_loop_that_runs_backwards => reverse(backwards, backwards_reverse, &values(6)),
    heat_equation => both(heat, heat_reverse, heat_forward, &values(8)),
    gauss_seidel_iteration => reverse(gauss_seidel, gauss_seidel_reverse, &values(12)),
    a_carried_scalar => reverse(carried, carried_reverse, &values(5)),
    permuted_elements => reverse(permuted, permuted_reverse, &values(7)),
    a_called_helper => both(helper, helper_reverse, helper_forward, &values(6)),
    a_called_loop => reverse(sweeps, sweeps_reverse, &values(6)),
    rows_copied_in_a_loop => reverse(rows, rows_reverse, &values(12)),
    a_grid_on_the_stack => reverse(grid, grid_reverse, &values(16)),
    overlapping_shared_references => reverse(overlapping, overlapping_reverse, &values(6)),
    a_peeled_loop => reverse(peeled, peeled_reverse, &values(5)),
    a_sum_before_the_loop => reverse(summed_before, summed_before_reverse, &values(4)),
    loops_whose_length_shrinks => reverse(triangles, triangles_reverse, &values(21)),
}
