//! What the functions compute with: one trait, and how each crate's numbers have it.

use num_dual::{DualNum, DualSVec64};
use num_traits::{Float, ToPrimitive};
use std::iter::Sum;
use std::ops::{Add, Div, Mul, Neg, Sub};

pub trait Number:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    fn value(self) -> f64;
    fn plus(self, by: f64) -> Self;
    fn times(self, by: f64) -> Self;
    fn exp(self) -> Self;
    fn ln(self) -> Self;
    fn sqrt(self) -> Self;
    fn sin(self) -> Self;
    fn tanh(self) -> Self;
}

/// A sum that begins with its first term, for numbers of which a constant is none.
pub struct Total<N>(pub Option<N>);

impl<N: Number> Sum<N> for Total<N> {
    fn sum<I: Iterator<Item = N>>(terms: I) -> Self {
        Self(terms.reduce(|sum, term| sum + term))
    }
}

/// The sum of at least one term.
pub fn sum<N: Number>(terms: impl Iterator<Item = N>) -> N {
    terms.sum::<Total<N>>().0.expect("there are terms")
}

macro_rules! functions {
    ($($function:ident: $path:path),*) => {
        $(fn $function(self) -> Self { $path(&self) })*
    };
}

impl Number for reverse::Var<'_> {
    fn value(self) -> f64 {
        self.val()
    }
    fn plus(self, by: f64) -> Self {
        self + by
    }
    fn times(self, by: f64) -> Self {
        self * by
    }
    functions!(exp: Self::exp, ln: Self::ln, sqrt: Self::sqrt, sin: Self::sin, tanh: Self::tanh);
}

pub const LANES: usize = 16;

impl Number for DualSVec64<LANES> {
    fn value(self) -> f64 {
        self.re
    }
    fn plus(self, by: f64) -> Self {
        self + by
    }
    fn times(self, by: f64) -> Self {
        self * by
    }
    functions!(exp: DualNum::exp, ln: DualNum::ln, sqrt: DualNum::sqrt, sin: DualNum::sin, tanh: DualNum::tanh);
}

impl Number for echidna::Reverse<f64> {
    fn value(self) -> f64 {
        self.to_f64().expect("it is a number")
    }
    fn plus(self, by: f64) -> Self {
        self + by
    }
    fn times(self, by: f64) -> Self {
        self * by
    }
    fn exp(self) -> Self {
        Float::exp(self)
    }
    fn ln(self) -> Self {
        Float::ln(self)
    }
    fn sqrt(self) -> Self {
        Float::sqrt(self)
    }
    fn sin(self) -> Self {
        Float::sin(self)
    }
    fn tanh(self) -> Self {
        Float::tanh(self)
    }
}

impl Number for f64 {
    fn value(self) -> f64 {
        self
    }
    fn plus(self, by: f64) -> Self {
        self + by
    }
    fn times(self, by: f64) -> Self {
        self * by
    }
    fn exp(self) -> Self {
        self.exp()
    }
    fn ln(self) -> Self {
        self.ln()
    }
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    fn sin(self) -> Self {
        self.sin()
    }
    fn tanh(self) -> Self {
        self.tanh()
    }
}
