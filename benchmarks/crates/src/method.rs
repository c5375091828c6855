//! How each crate makes a gradient.

use crate::number::{Number, LANES};
use nalgebra::{Const, SVector, U1};
use num_dual::{Derivative, DualSVec64};
use reverse::Gradient;

/// A function that is written once, for numbers of every kind.
pub trait Function {
    fn call<N: Number>(&self, x: &[N]) -> N;
}

/// Returns the value and adds the gradient to `dx`.
pub type Method<F> = fn(&F, &[f64], &mut [f64]) -> f64;

/// The method of a crate.
pub fn of<F: Function>(name: &str) -> Option<Method<F>> {
    Some(match name {
        "echidna" => by_echidna,
        "num-dual" => by_num_dual,
        "reverse" => by_reverse,
        _ => return None,
    })
}

fn by_echidna<F: Function>(function: &F, x: &[f64], dx: &mut [f64]) -> f64 {
    let mut value = 0.0;
    let gradient = echidna::grad(
        |x: &[echidna::Reverse<f64>]| {
            let result = function.call(x);
            value = Number::value(result);
            result
        },
        x,
    );
    add(dx, &gradient);
    value
}

/// Forward mode, `LANES` inputs at a time.
fn by_num_dual<F: Function>(function: &F, x: &[f64], dx: &mut [f64]) -> f64 {
    let mut inputs: Vec<DualSVec64<LANES>> = x.iter().map(|x| DualSVec64::from_re(*x)).collect();
    let mut value = 0.0;
    for first in (0..x.len()).step_by(LANES) {
        let last = x.len().min(first + LANES);
        for i in first..last {
            let mut lanes = SVector::zeros();
            lanes[i - first] = 1.0;
            inputs[i].eps = Derivative::some(lanes);
        }
        let result = function.call(&inputs);
        value = result.re;
        let slopes = result.eps.unwrap_generic(Const::<LANES>, U1);
        add(&mut dx[first..last], slopes.as_slice());
        for input in &mut inputs[first..last] {
            input.eps = Derivative::none();
        }
    }
    value
}

fn by_reverse<F: Function>(function: &F, x: &[f64], dx: &mut [f64]) -> f64 {
    let tape = reverse::Tape::new();
    let inputs = tape.add_vars(x);
    let result = function.call(&inputs);
    add(dx, &result.grad().wrt(&inputs));
    result.val()
}

fn add(dx: &mut [f64], gradient: &[f64]) {
    for (dx, slope) in dx.iter_mut().zip(gradient) {
        *dx += slope;
    }
}
