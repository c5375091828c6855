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
