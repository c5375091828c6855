//! `size` small systems: each a positive definite matrix of order six, factored and solved.
//!
//! x: for each system the lower triangle by rows, then the right-hand side.

use crate::kernel::Kernel;
use crate::numbers::Numbers;
use autodiff::autodiff_reverse;

const ORDER: usize = 6;
const TRIANGLE: usize = ORDER * (ORDER + 1) / 2;
const SYSTEM: usize = TRIANGLE + ORDER;

pub fn kernel(version: &str, size: usize) -> Option<Kernel> {
    let mut x = Numbers::new().take(size * SYSTEM, 1.0);
    for system in x.chunks_exact_mut(SYSTEM) {
        for i in 0..ORDER {
            system[i * (i + 1) / 2 + i] += 6.0;
        }
    }
    Some(match version {
        "plain" => Kernel::new(
            x,
            |x| x.as_chunks().0.iter().map(solve).sum(),
            |x, dx| each(x, dx, |system, shadow| dsolve(system, shadow, 1.0)),
        ),
        "inclusive" => Kernel::new(
            x,
            |x| x.as_chunks().0.iter().map(inclusive).sum(),
            |x, dx| each(x, dx, |system, shadow| dinclusive(system, shadow, 1.0)),
        ),
        "hand" => Kernel::new(
            x,
            |x| x.as_chunks().0.iter().map(solve).sum(),
            |x, dx| each(x, dx, by_hand),
        ),
        _ => return None,
    })
}

fn each(
    x: &[f64],
    dx: &mut [f64],
    derivative: impl Fn(&[f64; SYSTEM], &mut [f64; SYSTEM]) -> f64,
) -> f64 {
    let systems = x.as_chunks().0.iter();
    systems
        .zip(dx.as_chunks_mut().0)
        .map(|(system, shadow)| derivative(system, shadow))
        .sum()
}

/// The square of the solution.
#[autodiff_reverse(dsolve, Duplicated, Active)]
fn solve(system: &[f64; SYSTEM]) -> f64 {
    let (triangle, b) = system.split_at(TRIANGLE);
    let mut factor = [[0.0; ORDER]; ORDER];
    factorise(triangle, &mut factor);
    let mut x = [0.0; ORDER];
    substitute(&factor, b, &mut x);
    x.iter().map(|x| x * x).sum()
}

fn factorise(triangle: &[f64], factor: &mut [[f64; ORDER]; ORDER]) {
    for i in 0..ORDER {
        for j in 0..i + 1 {
            let mut rest = triangle[i * (i + 1) / 2 + j];
            for k in 0..j {
                rest -= factor[i][k] * factor[j][k];
            }
            factor[i][j] = if i == j {
                rest.sqrt()
            } else {
                rest / factor[j][j]
            };
        }
    }
}

fn substitute(factor: &[[f64; ORDER]; ORDER], b: &[f64], x: &mut [f64; ORDER]) {
    for i in 0..ORDER {
        let mut rest = b[i];
        for k in 0..i {
            rest -= factor[i][k] * x[k];
        }
        x[i] = rest / factor[i][i];
    }
    for i in (0..ORDER).rev() {
        let mut rest = x[i];
        for k in i + 1..ORDER {
            rest -= factor[k][i] * x[k];
        }
        x[i] = rest / factor[i][i];
    }
}

/// `0..=i` is a range that remembers whether it has ended.
#[autodiff_reverse(dinclusive, Duplicated, Active)]
fn inclusive(system: &[f64; SYSTEM]) -> f64 {
    let (triangle, b) = system.split_at(TRIANGLE);
    let mut factor = [[0.0; ORDER]; ORDER];
    for i in 0..ORDER {
        for j in 0..=i {
            let mut rest = triangle[i * (i + 1) / 2 + j];
            for k in 0..j {
                rest -= factor[i][k] * factor[j][k];
            }
            factor[i][j] = if i == j {
                rest.sqrt()
            } else {
                rest / factor[j][j]
            };
        }
    }
    let mut x = [0.0; ORDER];
    substitute(&factor, b, &mut x);
    x.iter().map(|x| x * x).sum()
}

/// The adjoint of a solution is a solution of the same system.
fn by_hand(system: &[f64; SYSTEM], dsystem: &mut [f64; SYSTEM]) -> f64 {
    let (triangle, b) = system.split_at(TRIANGLE);
    let (dtriangle, db) = dsystem.split_at_mut(TRIANGLE);
    let mut factor = [[0.0; ORDER]; ORDER];
    factorise(triangle, &mut factor);
    let mut x = [0.0; ORDER];
    substitute(&factor, b, &mut x);
    let mut adjoint = [0.0; ORDER];
    substitute(&factor, &x.map(|x| 2.0 * x), &mut adjoint);
    for i in 0..ORDER {
        db[i] += adjoint[i];
        for j in 0..i {
            dtriangle[i * (i + 1) / 2 + j] -= adjoint[i] * x[j] + adjoint[j] * x[i];
        }
        dtriangle[i * (i + 1) / 2 + i] -= adjoint[i] * x[i];
    }
    x.iter().map(|x| x * x).sum()
}
