//! Lengths of primals and shadows, compared before a derivative writes anything.
//!
//! `(&Extent(x)).length()` finds the number of elements of whatever dereferences to a slice (`Vec`, `Box<[T]>`),
//! and falls back to the size in bytes: method lookup prefers the inherent method, then the trait that needs
//! one reference less.

use core::fmt;
use core::ops::Deref;

/// How much a value holds.
#[derive(Clone, Copy)]
pub struct Length {
    count: usize,
    unit: &'static str,
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.count == 1 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.count, self.unit)
    }
}

/// A value whose length is asked for.
pub struct Extent<'a, T: ?Sized>(pub &'a T);

impl<T> Extent<'_, [T]> {
    #[inline]
    pub fn length(&self) -> Length {
        elements(self.0)
    }
}

/// Vectors, boxed slices, references to slices behind an alias.
pub trait BySlice {
    fn length(&self) -> Length;
}

impl<T: ?Sized + Deref<Target = [E]>, E> BySlice for Extent<'_, T> {
    #[inline]
    fn length(&self) -> Length {
        elements(self.0)
    }
}

/// Everything else.
pub trait BySize {
    fn length(&self) -> Length;
}

impl<T: ?Sized> BySize for &Extent<'_, T> {
    #[inline]
    fn length(&self) -> Length {
        Length {
            count: size_of_val(self.0),
            unit: "byte",
        }
    }
}

#[inline]
fn elements<T>(slice: &[T]) -> Length {
    Length {
        count: slice.len(),
        unit: "element",
    }
}

/// What a vector has reserved.
#[inline]
pub fn room(places: usize) -> Length {
    Length {
        count: places,
        unit: "reserved place",
    }
}

/// Panics unless the shadow holds `lanes` times what the primal holds.
#[inline]
#[track_caller]
pub fn check(
    derivative: &str,
    (primal, has): (&str, Length),
    (shadow, holds): (&str, Length),
    lanes: usize,
) {
    let enough = has
        .count
        .checked_mul(lanes)
        .is_some_and(|needed| needed <= holds.count);
    if !enough {
        too_short(derivative, (primal, has), (shadow, holds), lanes);
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn too_short(
    derivative: &str,
    (primal, has): (&str, Length),
    (shadow, holds): (&str, Length),
    lanes: usize,
) -> ! {
    if lanes == 1 {
        panic!("{derivative}: the shadow `{shadow}` has {holds}, but `{primal}` has {has}");
    }
    panic!("{derivative}: the shadow `{shadow}` has {holds}, but {lanes} lanes of `{primal}` need {lanes} times {has}");
}

#[cfg(test)]
// Without the borrow, method lookup does not get as far as `BySize`.
#[allow(clippy::needless_borrow)]
mod tests {
    extern crate std;

    use super::*;
    use std::string::String;
    use std::vec::Vec;
    use std::{format, panic, vec};

    fn shown<T: ?Sized>(given: &T, length: fn(&T) -> Length) -> String {
        format!("{}", length(given))
    }

    #[test]
    fn lengths_are_counted_in_elements_where_there_are_any() {
        type Alias<'a> = &'a [u8];

        assert_eq!(
            shown(&[1.0, 2.0][..], |x| (&Extent(x)).length()),
            "2 elements"
        );
        assert_eq!(
            shown(&vec![1.0], |x: &Vec<f64>| (&Extent(x)).length()),
            "1 element"
        );
        assert_eq!(
            shown(&&[1, 2, 3][..], |x: &Alias| (&Extent(x)).length()),
            "3 elements"
        );
        assert_eq!(shown(&(1_u8, 2_u8), |x| (&Extent(x)).length()), "2 bytes");
    }

    #[test]
    fn too_short_a_shadow_is_named() {
        let length = |slice: &[f64]| (&Extent(slice)).length();
        let checked = |shadow: &[f64], lanes| {
            let (shadow, primal) = (length(shadow), length(&[1.0; 3]));
            let checked =
                panic::catch_unwind(|| check("df", ("x", primal), ("dx_0", shadow), lanes));
            checked.map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
        };

        assert_eq!(checked(&[0.0; 6], 2), Ok(()));
        assert_eq!(
            checked(&[0.0; 2], 1),
            Err("df: the shadow `dx_0` has 2 elements, but `x` has 3 elements".into())
        );
        assert_eq!(
            checked(&[0.0; 5], 2),
            Err(
                "df: the shadow `dx_0` has 5 elements, but 2 lanes of `x` need 2 times 3 elements"
                    .into()
            )
        );
        assert!(checked(&[0.0; 5], usize::MAX).is_err());
    }
}
