//! A function of one number, called `size` times: what a call of a derivative costs.

use crate::kernel::Kernel;
use crate::numbers::Numbers;
use autodiff::autodiff_reverse;

pub fn kernel(version: &str, size: usize) -> Option<Kernel> {
    let x = Numbers::new().take(size, 2.0);
    let primal = |x: &[f64]| x.iter().map(|x| wave(*x)).sum();
    Some(match version {
        "plain" => Kernel::new(x, primal, |x, dx| each(x, dx, |x| dwave(x, 1.0))),
        "hand" => Kernel::new(x, primal, |x, dx| each(x, dx, by_hand)),
        _ => return None,
    })
}

fn each(x: &[f64], dx: &mut [f64], derivative: impl Fn(f64) -> (f64, f64)) -> f64 {
    let mut sum = 0.0;
    for (x, dx) in x.iter().zip(dx) {
        let (value, slope) = derivative(*x);
        sum += value;
        *dx += slope;
    }
    sum
}

#[autodiff_reverse(dwave, Active, Active)]
fn wave(x: f64) -> f64 {
    x.sin() * (-0.1 * x * x).exp() + (1.0 + x * x).sqrt()
}

fn by_hand(x: f64) -> (f64, f64) {
    let (sine, cosine) = x.sin_cos();
    let bell = (-0.1 * x * x).exp();
    let root = (1.0 + x * x).sqrt();
    (
        sine * bell + root,
        bell * (cosine - 0.2 * x * sine) + x / root,
    )
}
