//! Derivatives compared with differences, for users' own tests: what [`check_gradient!`](crate::check_gradient) and
//! [`check_tangent!`](crate::check_tangent) call.
//!
//! The reference is the central difference over five points, with an error of the fourth order in its step. What a
//! comparison allows is `TOLERANCE` of the larger number, and what rounding can do to the difference.

/// A float with a step for differences and a tolerance that fit its precision.
pub trait Real: Copy {
    /// Distance of two points, for a value of magnitude 1 or less; it grows with the value.
    const STEP: f64;
    /// Relative difference that is allowed.
    const TOLERANCE: f64;
    /// Relative distance of two neighbouring numbers.
    const EPSILON: f64;

    /// The nearest number of this precision.
    fn from_f64(value: f64) -> Self;
    /// The same number.
    fn to_f64(self) -> f64;
}

impl Real for f64 {
    const STEP: f64 = 1e-3;
    const TOLERANCE: f64 = 1e-6;
    const EPSILON: f64 = f64::EPSILON;

    fn from_f64(value: f64) -> Self {
        value
    }

    fn to_f64(self) -> f64 {
        self
    }
}

impl Real for f32 {
    const STEP: f64 = 0.03;
    const TOLERANCE: f64 = 1e-2;
    const EPSILON: f64 = f32::EPSILON as f64;

    fn from_f64(value: f64) -> Self {
        value as f32
    }

    fn to_f64(self) -> f64 {
        self.into()
    }
}

/// Roundings that a function may add up to, in units of its value.
const ROUNDINGS: f64 = 64.0;

/// The slope of a function of one number at 0, and how far rounding may have moved it.
fn slope<T: Real>(step: f64, mut at: impl FnMut(f64) -> T) -> (f64, f64) {
    let mut value = |steps: f64| at(steps * step).to_f64();
    let [two_below, below, above, two_above] = [-2.0, -1.0, 1.0, 2.0].map(&mut value);
    let slope = (8.0 * (above - below) - (two_above - two_below)) / (12.0 * step);
    let largest = [two_below, below, above, two_above].map(magnitude);
    let largest = largest.into_iter().fold(0.0, f64::max);
    (slope, ROUNDINGS * T::EPSILON * largest / step)
}

/// Panics, with the place of the caller, unless each component of a gradient is what differences say.
///
/// `x` is where the gradient was taken; a component beyond its length is not looked at. `function` is called four times
/// for each component.
#[track_caller]
pub fn gradient<T: Real>(
    name: &str,
    mut function: impl FnMut(&[T]) -> T,
    mut x: impl AsMut<[T]>,
    gradient: &[T],
) {
    let x = x.as_mut();
    assert!(
        gradient.len() >= x.len(),
        "{name}: the gradient has {} components, but there are {} variables",
        gradient.len(),
        x.len()
    );
    for component in 0..x.len() {
        let here = x[component];
        let step = T::STEP * magnitude(here.to_f64()).max(1.0);
        let (expected, rounding) = slope(step, |by| {
            x[component] = T::from_f64(here.to_f64() + by);
            function(x)
        });
        x[component] = here;
        let found = gradient[component].to_f64();
        let allowed = allowed::<T>(found, expected, rounding);
        if !agree(found, expected, allowed) {
            panic!(
                "{name}: component {component} of the gradient is {found}, but differences say {expected} \
                 (allowed: {allowed:e})"
            );
        }
    }
}

/// Panics, with the place of the caller, unless a tangent is what differences along the direction say.
///
/// `x` and `direction` are what the forward derivative was given; they must be of one length. `function` is called four
/// times.
#[track_caller]
pub fn tangent<T: Real, const N: usize>(
    name: &str,
    mut function: impl FnMut(&[T]) -> T,
    x: [T; N],
    direction: [T; N],
    tangent: T,
) {
    let largest = |values: [T; N]| {
        values
            .map(|value| magnitude(value.to_f64()))
            .into_iter()
            .fold(0.0, f64::max)
    };
    let length = largest(direction);
    let step = T::STEP * largest(x).max(1.0) / if length > 0.0 { length } else { 1.0 };
    let (expected, rounding) = slope(step, |by| {
        function(&core::array::from_fn::<T, N, _>(|i| {
            T::from_f64(x[i].to_f64() + by * direction[i].to_f64())
        }))
    });
    let found = tangent.to_f64();
    let allowed = allowed::<T>(found, expected, rounding);
    if !agree(found, expected, allowed) {
        panic!(
            "{name}: the tangent is {found}, but differences say {expected} (allowed: {allowed:e})"
        );
    }
}

/// Nothing agrees with a NaN.
fn agree(found: f64, expected: f64, allowed: f64) -> bool {
    magnitude(found - expected) <= allowed
}

fn allowed<T: Real>(found: f64, expected: f64, rounding: f64) -> f64 {
    T::TOLERANCE * magnitude(found).max(magnitude(expected)) + rounding
}

fn magnitude(value: f64) -> f64 {
    if value < 0.0 {
        -value
    } else {
        value
    }
}

/// Compares a gradient with differences of its function: `check_gradient!(function, x, gradient)`.
///
/// `function` takes a slice and returns a float; `x` is an array or a `Vec`, and `gradient` a slice with one component for each
/// of its elements. It panics unless every component is within 1e-6 (`f64`) or 1e-2 (`f32`) of the difference, relative
/// to the larger of the two, and beyond what rounding explains.
///
/// ```
/// let squares = |x: &[f64]| x.iter().map(|x| x * x).sum();
/// let gradient = [2.0, 4.0, 6.0]; // what `dsquares` of `#[autodiff_reverse(dsquares, …)]` adds to its shadow
///
/// autodiff::check_gradient!(squares, [1.0, 2.0, 3.0], &gradient);
/// ```
///
/// Several parameters are the elements of one `x`:
///
/// ```
/// fn f(x: f64, y: f64) -> f64 {
///     x * x * y
/// }
///
/// autodiff::check_gradient!(|x| f(x[0], x[1]), [3.0, 2.0], &[12.0, 9.0]);
/// ```
///
/// A wrong component is named, with both numbers:
///
/// ```should_panic
/// autodiff::check_gradient!(|x: &[f64]| x[0].sin(), [1.0], &[1.0]);
/// ```
#[macro_export]
macro_rules! check_gradient {
    ($function:expr, $x:expr, $gradient:expr $(,)?) => {
        $crate::check::gradient(::core::stringify!($function), $function, $x, $gradient)
    };
}

/// Compares a tangent with differences of its function: `check_tangent!(function, x, direction, tangent)`.
///
/// `function` takes a slice and returns a float; `x` and `direction` are arrays. The tolerances are those of
/// [`check_gradient!`](crate::check_gradient).
///
/// ```
/// let product = |x: &[f64]| x[0] * x[1];
///
/// autodiff::check_tangent!(product, [2.0, 3.0], [1.0, 10.0], 23.0);
/// ```
#[macro_export]
macro_rules! check_tangent {
    ($function:expr, $x:expr, $direction:expr, $tangent:expr $(,)?) => {
        $crate::check::tangent(
            ::core::stringify!($function),
            $function,
            $x,
            $direction,
            $tangent,
        )
    };
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::panic::catch_unwind;
    use std::string::String;
    use std::vec;

    fn said(check: impl FnOnce() + std::panic::UnwindSafe) -> String {
        let panic = catch_unwind(check).expect_err("the check accepts what is wrong");
        panic.downcast_ref::<String>().cloned().unwrap_or_default()
    }

    #[test]
    fn right_gradients_pass_at_any_scale() {
        for scale in [1e-8, 1.0, 1e8] {
            let f = |x: &[f64]| scale * (x[0].sin() * x[1].exp() + 1000.0);
            let (x, y) = (0.7_f64, -1.3_f64);
            let gradient = [x.cos() * y.exp() * scale, x.sin() * y.exp() * scale];
            crate::check_gradient!(f, vec![x, y], &gradient);
        }
    }

    #[test]
    fn right_gradients_pass_in_single_precision() {
        let f = |x: &[f32]| x[0].sqrt() * x[1] * x[1];

        crate::check_gradient!(f, [4.0_f32, 3.0], &[2.25, 12.0]);
    }

    #[test]
    fn a_wrong_component_is_named_with_both_numbers() {
        let f = |x: &[f64]| x[0] * x[1];
        let said = said(|| crate::check_gradient!(f, [2.0, 3.0], &[3.0, 2.001]));

        assert!(
            said.starts_with("f: component 1 of the gradient is 2.001, but differences say "),
            "{said}"
        );
    }

    #[test]
    fn one_wrong_digit_in_a_hundred_thousand_is_seen() {
        said(|| crate::check_gradient!(|x: &[f64]| x[0].exp(), [1.0], &[1.0_f64.exp() * 1.00001]));
        said(|| crate::check_gradient!(|x: &[f32]| x[0] * x[0], [3.0_f32], &[6.2]));
    }

    #[test]
    fn nothing_is_right_about_a_nan() {
        said(|| crate::check_gradient!(|x: &[f64]| x[0], [1.0], &[f64::NAN]));
        said(|| crate::check_gradient!(|x: &[f64]| x[0].ln(), [-1.0], &[-1.0]));
    }

    #[test]
    fn a_gradient_that_is_too_short_is_refused() {
        let said = said(|| crate::check_gradient!(|x: &[f64]| x[0], [1.0, 2.0], &[1.0]));

        assert_eq!(
            said,
            "|x: &[f64]| x[0]: the gradient has 1 components, but there are 2 variables"
        );
    }

    #[test]
    fn tangents_are_compared_along_their_direction() {
        let f = |x: &[f64]| x[0] * x[0] * x[1];

        crate::check_tangent!(f, [3.0, 2.0], [1.0, 10.0], 102.0);
        crate::check_tangent!(f, [3.0, 2.0], [0.0, 0.0], 0.0);
        crate::check_tangent!(f, [3.0, 2.0], [1e6, 1e7], 102e6);
        let said = said(|| crate::check_tangent!(f, [3.0, 2.0], [1.0, 10.0], 101.0));
        assert!(
            said.starts_with("f: the tangent is 101, but differences say "),
            "{said}"
        );
    }
}
