//! The Fourier transform of `size` (a power of two) complex numbers, in place, and a weighted sum of its power spectrum.
//!
//! x: real and imaginary parts in turn.

use crate::kernel::Kernel;
use crate::numbers::Numbers;
use autodiff::autodiff_reverse;
use std::f64::consts::TAU;

type Complex = [f64; 2];

/// The roots of unity, and the weights of the frequencies.
struct Plan {
    roots: Vec<Complex>,
    weights: Vec<f64>,
}

pub fn kernel(version: &str, size: usize) -> Option<Kernel> {
    if !size.is_power_of_two() {
        return None;
    }
    let mut numbers = Numbers::new();
    let x = numbers.take(2 * size, 1.0);
    let weights = numbers.take(size, 1.0);
    let plan = move || Plan {
        roots: (0..size / 2).map(|i| root(i, size)).collect(),
        weights: weights.clone(),
    };
    let (once, again) = (plan(), plan());
    Some(match version {
        "plain" => Kernel::new(
            x,
            move |x| power(&once, x),
            move |x, dx| dpower(&again, x, dx, 1.0),
        ),
        "indexed" => Kernel::new(
            x,
            move |x| indexed(&once, x),
            move |x, dx| dindexed(&again, x, dx, 1.0),
        ),
        "hand" => Kernel::new(
            x,
            move |x| indexed(&once, x),
            move |x, dx| by_hand(&again, x, dx),
        ),
        _ => return None,
    })
}

fn root(i: usize, size: usize) -> Complex {
    let angle = -TAU * i as f64 / size as f64;
    [angle.cos(), angle.sin()]
}

#[autodiff_reverse(dpower, Const, Duplicated, Active)]
fn power(plan: &Plan, x: &[f64]) -> f64 {
    let mut values = x.as_chunks().0.to_vec();
    transform(&plan.roots, &mut values);
    values
        .iter()
        .zip(&plan.weights)
        .map(|([re, im], weight)| weight * (re * re + im * im))
        .sum()
}

/// Cooley and Tukey's, by decimation in time.
fn transform(roots: &[Complex], values: &mut [Complex]) {
    let bits = values.len().trailing_zeros();
    for i in 0..values.len() {
        let j = i.reverse_bits() >> (usize::BITS - bits);
        if i < j {
            values.swap(i, j);
        }
    }
    let mut half = 1;
    while half < values.len() {
        let step = roots.len() / half;
        for block in values.chunks_exact_mut(2 * half) {
            let (even, odd) = block.split_at_mut(half);
            for ((e, o), r) in even.iter_mut().zip(odd).zip(roots.iter().step_by(step)) {
                let turned = [r[0] * o[0] - r[1] * o[1], r[0] * o[1] + r[1] * o[0]];
                *o = [e[0] - turned[0], e[1] - turned[1]];
                *e = [e[0] + turned[0], e[1] + turned[1]];
            }
        }
        half *= 2;
    }
}

#[autodiff_reverse(dindexed, Const, Duplicated, Active)]
fn indexed(plan: &Plan, x: &[f64]) -> f64 {
    let n = x.len() / 2;
    let mut values = vec![0.0; 2 * n];
    let bits = n.trailing_zeros();
    for i in 0..n {
        let j = i.reverse_bits() >> (usize::BITS - bits);
        values[2 * i] = x[2 * j];
        values[2 * i + 1] = x[2 * j + 1];
    }
    let mut half = 1;
    while half < n {
        let step = n / 2 / half;
        for block in (0..n).step_by(2 * half) {
            for i in 0..half {
                let [c, s] = plan.roots[i * step];
                let (e, o) = (2 * (block + i), 2 * (block + i + half));
                let re = c * values[o] - s * values[o + 1];
                let im = c * values[o + 1] + s * values[o];
                values[o] = values[e] - re;
                values[o + 1] = values[e + 1] - im;
                values[e] += re;
                values[e + 1] += im;
            }
        }
        half *= 2;
    }
    let mut sum = 0.0;
    for i in 0..n {
        sum += plan.weights[i]
            * (values[2 * i] * values[2 * i] + values[2 * i + 1] * values[2 * i + 1]);
    }
    sum
}

/// The adjoint of the transform is the transform with conjugated roots, which is that of the conjugated values.
fn by_hand(plan: &Plan, x: &[f64], dx: &mut [f64]) -> f64 {
    let mut values = x.as_chunks().0.to_vec();
    transform(&plan.roots, &mut values);
    let mut sum = 0.0;
    for ([re, im], weight) in values.iter_mut().zip(&plan.weights) {
        sum += weight * (*re * *re + *im * *im);
        *re *= 2.0 * weight;
        *im *= -2.0 * weight;
    }
    transform(&plan.roots, &mut values);
    for ([dre, dim], [re, im]) in dx.as_chunks_mut().0.iter_mut().zip(&values) {
        *dre += re;
        *dim -= im;
    }
    sum
}
