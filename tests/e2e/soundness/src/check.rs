//! Derivatives against five-point differences, at the inputs of one call.

const SEED: f64 = 1.5;
const BEFORE: f64 = 0.25;
const TOLERANCE: f64 = 1e-7;

/// A function of a slice and its derivative in reverse mode.
pub type Function = fn(&[f64]) -> f64;
pub type Reverse = fn(&[f64], &mut [f64], f64) -> f64;
pub type Forward = fn(&[f64], &[f64]) -> (f64, f64);

/// `n` different values, none of them at a place where a program of this crate branches.
pub fn values(n: usize) -> Vec<f64> {
    (0..n)
        .map(|i| 0.6 + 0.37 * (1.7 * i as f64 + 0.4).sin() + 0.01 * i as f64)
        .collect()
}

/// Checks value, gradient, that the seed is honoured, and that the gradient is added to what the shadow held.
pub fn reverse(f: Function, derivative: Reverse, x: &[f64]) {
    let mut shadow = vec![BEFORE; x.len()];
    let value = derivative(x, &mut shadow, SEED);

    close("the value", value, f(x));
    for (i, wanted) in differences(f, x).into_iter().enumerate() {
        close(
            &format!("gradient[{i}]"),
            (shadow[i] - BEFORE) / SEED,
            wanted,
        );
    }
}

/// Checks value and tangent in one direction that has all components.
pub fn forward(f: Function, derivative: Forward, x: &[f64]) {
    let direction = (0..x.len())
        .map(|i| 1.0 - 0.3 * i as f64)
        .collect::<Vec<_>>();
    let (value, tangent) = derivative(x, &direction);

    close("the value", value, f(x));
    let along = differences(f, x)
        .iter()
        .zip(&direction)
        .map(|(g, d)| g * d)
        .sum();
    close("the tangent", tangent, along);
}

pub fn both(f: Function, backwards: Reverse, forwards: Forward, x: &[f64]) {
    reverse(f, backwards, x);
    forward(f, forwards, x);
}

#[track_caller]
pub fn close(what: &str, got: f64, wanted: f64) {
    let scale = wanted.abs().max(1.0);
    assert!(
        (got - wanted).abs() <= TOLERANCE * scale,
        "{what} is {got}, but should be {wanted}"
    );
}

fn differences(f: Function, x: &[f64]) -> Vec<f64> {
    const STEP: f64 = 1e-3;
    let mut moved = x.to_vec();
    let mut at = |i: usize, steps: f64| {
        moved[i] = x[i] + steps * STEP;
        let value = f(&moved);
        moved[i] = x[i];
        value
    };
    (0..x.len())
        .map(|i| (8.0 * (at(i, 1.0) - at(i, -1.0)) - (at(i, 2.0) - at(i, -2.0))) / (12.0 * STEP))
        .collect()
}
