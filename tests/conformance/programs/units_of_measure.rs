//! Quantities whose unit is a type parameter that holds nothing.

use std::marker::PhantomData;
use std::ops::{Add, Mul};

pub const N: usize = 4;

struct Metre;
struct Second;

struct Of<U>(f64, PhantomData<U>);

impl<U> Clone for Of<U> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<U> Copy for Of<U> {}

impl<U> Of<U> {
    const NOTHING: Self = Of(0.0, PhantomData);
    const fn new(value: f64) -> Self {
        Of(value, PhantomData)
    }
}

impl<U> Add for Of<U> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Of::new(self.0 + other.0)
    }
}

impl<U> Mul<f64> for Of<U> {
    type Output = Self;
    fn mul(self, by: f64) -> Self {
        Of::new(self.0 * by)
    }
}

fn fall(for_: Of<Second>, at: Of<Metre>) -> Of<Metre> {
    at + Of::new(-4.905 * for_.0 * for_.0)
}

pub fn f(x: &[f64]) -> f64 {
    let mut at = Of::<Metre>::NOTHING;
    for &v in x {
        at = fall(Of::new(v), at) * 0.9 + Of::new(v.sin());
    }
    at.0 * at.0
}
