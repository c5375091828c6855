//! Rosenbrock's valley in `size` dimensions.

use crate::kernel::Kernel;
use crate::numbers::Numbers;
use autodiff::autodiff_reverse;

pub fn kernel(version: &str, size: usize) -> Option<Kernel> {
    let x = Numbers::new().take(size, 1.0);
    Some(match version {
        "plain" => Kernel::new(x, rosenbrock, |x, dx| drosenbrock(x, dx, 1.0)),
        "indexed" => Kernel::new(x, indexed, |x, dx| dindexed(x, dx, 1.0)),
        "hand" => Kernel::new(x, rosenbrock, by_hand),
        _ => return None,
    })
}

#[autodiff_reverse(drosenbrock, Duplicated, Active)]
fn rosenbrock(x: &[f64]) -> f64 {
    x.windows(2)
        .map(|pair| 100.0 * (pair[1] - pair[0] * pair[0]).powi(2) + (1.0 - pair[0]).powi(2))
        .sum()
}

#[autodiff_reverse(dindexed, Duplicated, Active)]
fn indexed(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let valley = x[i + 1] - x[i] * x[i];
        let slope = 1.0 - x[i];
        sum += 100.0 * valley * valley + slope * slope;
    }
    sum
}

fn by_hand(x: &[f64], dx: &mut [f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let valley = x[i + 1] - x[i] * x[i];
        let slope = 1.0 - x[i];
        sum += 100.0 * valley * valley + slope * slope;
        dx[i] -= 400.0 * valley * x[i] + 2.0 * slope;
        dx[i + 1] += 200.0 * valley;
    }
    sum
}
