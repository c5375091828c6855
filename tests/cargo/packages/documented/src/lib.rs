//! A library with doctests: they call its derivative, have one of their own, have none, and have one that is refused.

use autodiff::autodiff_reverse;

/// ```
/// assert_eq!(documented::dcube(2.0, 1.0), (8.0, 12.0));
/// ```
///
/// ```
/// use autodiff::autodiff_reverse;
///
/// #[autodiff_reverse(dtwice, Duplicated, Active)]
/// fn twice(x: &[f64]) -> f64 {
///     x.iter().map(|x| documented::cube(*x) + documented::cube(*x)).sum()
/// }
///
/// fn main() {
///     let mut gradient = [0.0; 2];
///     assert_eq!(dtwice(&[1.0, 2.0], &mut gradient, 1.0), 18.0);
///     assert_eq!(gradient, [6.0, 24.0]);
/// }
/// ```
///
/// ```should_panic
/// documented::dsum(&[1.0, 2.0], &mut [0.0], 1.0);
/// ```
#[autodiff_reverse(dcube, Active, Active)]
#[inline(never)]
pub fn cube(x: f64) -> f64 {
    x * x * x
}

/// ```
/// assert_eq!(documented::sum(&[1.0, 2.0]), 3.0);
/// ```
#[autodiff_reverse(dsum, Duplicated, Active)]
pub fn sum(x: &[f64]) -> f64 {
    x.iter().sum()
}

/// ```
/// use autodiff::autodiff_reverse;
///
/// unsafe extern "C" {
///     fn unknown(x: f64) -> f64;
/// }
///
/// #[autodiff_reverse(df, Active, Active)]
/// fn f(x: f64) -> f64 {
///     unsafe { unknown(x) }
/// }
///
/// println!("{:?}", df(1.0, 1.0));
/// ```
#[cfg(feature = "refused")]
pub struct Refused;
