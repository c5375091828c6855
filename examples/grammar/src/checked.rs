//! Gradients compared with differences, as in the tests of any package.

use autodiff::{autodiff_forward, autodiff_reverse};

#[autodiff_reverse(d_energy, Duplicated, Active)]
#[autodiff_forward(f_energy, Dual, DualOnly)]
fn energy(x: &[f64]) -> f64 {
    x.windows(2)
        .map(|w| (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2))
        .sum()
}

#[autodiff_reverse(d_distance, Active, Active, ActiveOnly)]
fn distance(x: f32, y: f32) -> f32 {
    x.hypot(y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use autodiff::{check_gradient, check_tangent};

    const X: [f64; 3] = [0.5, 2.0, 1.5];

    #[test]
    fn a_gradient() {
        let mut dx = [0.0; 3];
        d_energy(&X, &mut dx, 1.0);

        check_gradient!(energy, X, &dx);
    }

    #[test]
    fn a_gradient_in_single_precision() {
        let (dx, dy) = d_distance(3.0, 4.0, 1.0);

        check_gradient!(|x| distance(x[0], x[1]), [3.0, 4.0], &[dx, dy]);
    }

    #[test]
    fn a_tangent() {
        let direction = [1.0, -2.0, 3.0];

        check_tangent!(energy, X, direction, f_energy(&X, &direction));
    }

    #[test]
    #[should_panic(expected = "energy: component 1 of the gradient is")]
    fn a_gradient_that_was_added_to_something_else() {
        let mut dx = [0.0, 1.0, 0.0];
        d_energy(&X, &mut dx, 1.0);

        check_gradient!(energy, X, &dx);
    }
}
