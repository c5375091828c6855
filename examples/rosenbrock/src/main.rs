//! Rosenbrock's valley in ten dimensions, minimised with the gradient that the compiler made.
#![forbid(unsafe_code)]

mod minimise;

use autodiff::autodiff_reverse;
use minimise::{minimise, norm};
use std::process::ExitCode;

const DIMENSIONS: usize = 10;

/// An ordinary function: its minimum is 0, at (1, 1, …, 1), at the end of a long bent valley.
#[autodiff_reverse(rosenbrock_gradient, Duplicated, Active)]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for pair in x.windows(2) {
        sum += 100.0 * (pair[1] - pair[0] * pair[0]).powi(2) + (1.0 - pair[0]).powi(2);
    }
    sum
}

fn value_and_gradient(x: &[f64]) -> (f64, Vec<f64>) {
    let mut gradient = vec![0.0; x.len()];
    let value = rosenbrock_gradient(x, &mut gradient, 1.0);
    (value, gradient)
}

/// (-1.2, 1, -1.2, 1, …), where the textbooks start.
fn start() -> Vec<f64> {
    (0..DIMENSIONS).map(|i| [-1.2, 1.0][i % 2]).collect()
}

/// The largest difference from central differences, relative to the largest component.
fn error_of_gradient(x: &[f64]) -> f64 {
    let (_, gradient) = value_and_gradient(x);
    let scale = gradient.iter().fold(0.0_f64, |most, g| most.max(g.abs()));
    let mut worst = 0.0_f64;
    for (i, slope) in gradient.iter().enumerate() {
        let step = 1e-6;
        let at = |offset: f64| {
            let mut x = x.to_vec();
            x[i] += offset;
            rosenbrock(&x)
        };
        let difference = (at(step) - at(-step)) / (2.0 * step);
        worst = worst.max((difference - slope).abs() / scale);
    }
    worst
}

fn main() -> ExitCode {
    let error = error_of_gradient(&start());
    println!("gradient against central differences: relative error {error:.1e}\n");

    println!("iteration            value      |gradient|");
    let end = minimise(value_and_gradient, start(), |at| {
        if at.iteration % 10 == 0 || at.done() {
            println!(
                "{:9}  {:15.6e}  {:14.6e}",
                at.iteration,
                at.value,
                norm(&at.gradient)
            );
        }
    });

    let distance = end
        .x
        .iter()
        .fold(0.0_f64, |most, x| most.max((x - 1.0).abs()));
    println!("\nlargest distance from (1, …, 1): {distance:.1e}");
    if error < 1e-7 && distance < 1e-6 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradient_agrees_with_central_differences() {
        assert!(error_of_gradient(&start()) < 1e-7);
    }

    #[test]
    fn gradient_agrees_with_the_closed_form() {
        let (value, gradient) = value_and_gradient(&[-1.2, 1.0]);

        assert!((value - 24.2).abs() < 1e-12);
        assert!((gradient[0] + 215.6).abs() < 1e-9);
        assert!((gradient[1] + 88.0).abs() < 1e-9);
    }

    #[test]
    fn seed_scales_the_gradient() {
        let mut gradient = [0.0; 2];
        rosenbrock_gradient(&[-1.2, 1.0], &mut gradient, 0.5);

        assert!((gradient[0] + 107.8).abs() < 1e-9);
    }

    #[test]
    #[should_panic(expected = "the shadow `dx_0` has 1 element, but `x` has 2 elements")]
    fn short_shadow_is_refused() {
        rosenbrock_gradient(&[-1.2, 1.0], &mut [0.0], 1.0);
    }

    #[test]
    fn minimum_is_found() {
        let end = minimise(value_and_gradient, start(), |_| {});

        assert!(end.done());
        assert!(end.x.iter().all(|x| (x - 1.0).abs() < 1e-6), "{:?}", end.x);
    }
}
