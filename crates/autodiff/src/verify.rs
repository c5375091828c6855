//! What derivatives call to check themselves, in builds with `AUTODIFF_VERIFY` only.
//!
//! A derivative maps a direction of its inputs to a direction of its outputs (forward), or a covector of its outputs to one of
//! its inputs (reverse). With the direction w and the covector v either gives the number ⟨v, J w⟩: one of the two is what
//! the caller gave, the other is random. The same number is the slope of s ↦ ⟨v, f(x + s w)⟩, taken by differences of
//! the function itself. Memory behind `&mut` is input and output; behind `&` it comes out as it went in, so that a
//! shadow that is added to needs no case of its own.

extern crate std;

use std::boxed::Box;
use std::collections::BTreeSet;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::string::String;
use std::sync::Mutex;
use std::vec::Vec;
use std::{eprintln, format};

/// Roundings that a function may add up to, in units of what is added.
const ROUNDINGS: f64 = 64.0;

/// Whether the caller shall check itself. The driver takes the calls out of what is differentiated itself: there, a check
/// would be one more thing to differentiate.
#[must_use]
#[inline(always)]
pub fn here() -> bool {
    cargo_autodiff_verifies()
}

/// Known to the driver by this name.
#[no_mangle]
#[inline(never)]
pub extern "C" fn cargo_autodiff_verifies() -> bool {
    core::hint::black_box(true)
}

/// A value whose floats can be read and moved.
pub trait Vary {
    /// Replaces each float, in one order; the second argument is the distance of 1 to the next number.
    fn each(&mut self, change: &mut dyn FnMut(f64, f64) -> f64);
}

impl Vary for f64 {
    fn each(&mut self, change: &mut dyn FnMut(f64, f64) -> f64) {
        *self = change(*self, f64::EPSILON);
    }
}

impl Vary for f32 {
    fn each(&mut self, change: &mut dyn FnMut(f64, f64) -> f64) {
        *self = change((*self).into(), f32::EPSILON.into()) as f32;
    }
}

macro_rules! without_floats {
    ($($name:ty)+) => {
        $(impl Vary for $name {
            fn each(&mut self, _: &mut dyn FnMut(f64, f64) -> f64) {}
        })+
    };
}

without_floats!(() bool char i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize String);

macro_rules! with_elements {
    ($([$($generics:tt)*] $name:ty)+) => {
        $(impl<T: Vary, $($generics)*> Vary for $name {
            fn each(&mut self, change: &mut dyn FnMut(f64, f64) -> f64) {
                for element in self.iter_mut() {
                    element.each(change);
                }
            }
        })+
    };
}

with_elements!([] [T] [] Vec<T> [] Option<T> [const N: usize] [T; N]);

impl<T: Vary + ?Sized> Vary for Box<T> {
    fn each(&mut self, change: &mut dyn FnMut(f64, f64) -> f64) {
        (**self).each(change);
    }
}

macro_rules! tuples {
    ($($name:ident)+) => {
        #[allow(non_snake_case)]
        impl<$($name: Vary),+> Vary for ($($name,)+) {
            fn each(&mut self, change: &mut dyn FnMut(f64, f64) -> f64) {
                let ($($name,)+) = self;
                $($name.each(change);)+
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);

/// `(&Given(x)).copied()`: a copy that can be varied, or nothing when the type is not known to allow it.
///
/// Method lookup prefers the inherent method, then the trait that needs one reference less.
pub struct Given<'a, T: ?Sized>(pub &'a T);

impl<T: Vary + Clone> Given<'_, [T]> {
    pub fn copied(&self) -> Option<Vec<T>> {
        Some(self.0.to_vec())
    }
}

pub trait Copied<T> {
    fn copied(&self) -> Option<T>;
}

impl<T: Vary + Clone> Copied<T> for Given<'_, T> {
    fn copied(&self) -> Option<T> {
        Some(self.0.clone())
    }
}

pub trait NotCopied<T> {
    fn copied(&self) -> Option<T>;
}

impl<T> NotCopied<T> for &Given<'_, T> {
    fn copied(&self) -> Option<T> {
        None
    }
}

impl<T> NotCopied<Vec<T>> for &Given<'_, [T]> {
    fn copied(&self) -> Option<Vec<T>> {
        None
    }
}

/// `(&Kept(x)).cloned()`: a clone of what takes no part, or nothing.
pub struct Kept<'a, T: ?Sized>(pub &'a T);

impl<T: Clone> Kept<'_, [T]> {
    pub fn cloned(&self) -> Option<Vec<T>> {
        Some(self.0.to_vec())
    }
}

pub trait Cloned<T> {
    fn cloned(&self) -> Option<T>;
}

impl<T: Clone> Cloned<T> for Kept<'_, T> {
    fn cloned(&self) -> Option<T> {
        Some(self.0.clone())
    }
}

pub trait NotCloned<T> {
    fn cloned(&self) -> Option<T>;
}

impl<T> NotCloned<T> for &Kept<'_, T> {
    fn cloned(&self) -> Option<T> {
        None
    }
}

impl<T> NotCloned<Vec<T>> for &Kept<'_, [T]> {
    fn cloned(&self) -> Option<Vec<T>> {
        None
    }
}

/// `(&mut Floats(&mut x)).varying()`: the same value as something to vary, or nothing.
pub struct Floats<'a, T>(pub &'a mut T);

pub trait Varying {
    fn varying(&mut self) -> Option<&mut dyn Vary>;
}

impl<T: Vary> Varying for Floats<'_, T> {
    fn varying(&mut self) -> Option<&mut dyn Vary> {
        Some(self.0)
    }
}

pub trait NotVarying {
    fn varying(&mut self) -> Option<&mut dyn Vary>;
}

impl<T> NotVarying for &mut Floats<'_, T> {
    fn varying(&mut self) -> Option<&mut dyn Vary> {
        None
    }
}

/// A component. Not `f64` itself: rustc takes instances such as `Vec<f64>::push` from a crate that has them, and the
/// bodies of this crate's are not there to be differentiated.
#[derive(Clone, Copy)]
struct Part(f64);

/// One call of the function, at `x + by · direction`.
pub struct Shift<'a> {
    by: f64,
    direction: core::slice::Iter<'a, Part>,
    covector: core::slice::Iter<'a, Part>,
    product: f64,
    size: f64,
    fits: bool,
}

impl Shift<'_> {
    /// Moves an input.
    pub fn input(&mut self, x: &mut dyn Vary) {
        x.each(&mut |value, _| match self.direction.next() {
            Some(Part(direction)) => value + self.by * direction,
            None => {
                self.fits = false;
                value
            }
        });
    }

    /// Multiplies an output by its part of the covector.
    pub fn output(&mut self, y: &mut dyn Vary) {
        y.each(&mut |value, _| {
            let weight = self.covector.next();
            self.fits &= weight.is_some();
            let term = weight.map_or(0.0, |Part(weight)| weight * value);
            self.product += term;
            self.size += term.abs();
            value
        });
    }
}

/// One call of a derivative, one lane of it.
pub struct Check {
    name: &'static str,
    place: &'static str,
    seed: u64,
    random: u64,
    direction: Vec<Part>,
    covector: Vec<Part>,
    claimed: f64,
    size: f64,
    largest: f64,
    epsilon: f64,
}

impl Check {
    /// `place` is the attribute's. The random numbers depend on nothing but the derivative's name.
    #[must_use]
    pub fn new(name: &'static str, place: &'static str) -> Self {
        let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self {
            name,
            place,
            seed,
            random: seed,
            direction: Vec::new(),
            covector: Vec::new(),
            claimed: 0.0,
            size: 0.0,
            largest: 0.0,
            epsilon: f64::EPSILON,
        }
    }

    /// Reverse mode, behind a reference: what the shadow held before is a covector of the output, after, of the input.
    pub fn reverse_memory(
        &mut self,
        x: &mut dyn Vary,
        before: &mut dyn Vary,
        after: &mut dyn Vary,
    ) {
        let count = self.measured(x);
        self.covector.extend(floats(before).take(count));
        self.reverse_part(count, after);
    }

    /// Reverse mode, by value.
    pub fn reverse_value(&mut self, x: &mut dyn Vary, gradient: &mut dyn Vary) {
        let count = self.measured(x);
        self.reverse_part(count, gradient);
    }

    fn reverse_part(&mut self, count: usize, gradient: &mut dyn Vary) {
        for Part(value) in floats(gradient).take(count) {
            let direction = self.next_random();
            self.direction.push(Part(direction));
            self.claim(value * direction);
        }
    }

    /// Reverse mode: the seed.
    pub fn reverse_result(&mut self, seed: &mut dyn Vary) {
        self.covector.extend(floats(seed));
    }

    /// Forward mode, behind a reference, one lane of the shadow.
    pub fn forward_memory(
        &mut self,
        x: &mut dyn Vary,
        before: &mut dyn Vary,
        after: &mut dyn Vary,
        lane: usize,
    ) {
        let count = self.measured(x);
        self.direction
            .extend(floats(before).skip(lane * count).take(count));
        self.forward_part(floats(after).skip(lane * count).take(count));
    }

    /// Forward mode, by value.
    pub fn forward_value(&mut self, x: &mut dyn Vary, tangent: &mut dyn Vary) {
        let count = self.measured(x);
        self.direction.extend(floats(tangent).take(count));
    }

    /// Forward mode: the result's tangent.
    pub fn forward_result(&mut self, tangent: &mut dyn Vary) {
        self.forward_part(floats(tangent));
    }

    fn forward_part(&mut self, tangent: impl Iterator<Item = Part>) {
        for Part(value) in tangent {
            let weight = self.next_random();
            self.covector.push(Part(weight));
            self.claim(value * weight);
        }
    }

    fn claim(&mut self, term: f64) {
        self.claimed += term;
        self.size += term.abs();
    }

    /// Counts the floats of an input, and takes note of their size and precision.
    fn measured(&mut self, x: &mut dyn Vary) -> usize {
        let mut count = 0;
        x.each(&mut |value, epsilon| {
            self.largest = self.largest.max(value.abs());
            self.epsilon = self.epsilon.max(epsilon);
            count += 1;
            value
        });
        count
    }

    /// Between 0.5 and 1.5, of either sign: no part is left out by chance.
    fn next_random(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.random;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        let size = 0.5 + (bits >> 11) as f64 / (1_u64 << 53) as f64;
        if bits & 1 == 0 {
            size
        } else {
            -size
        }
    }

    /// Panics unless differences of the function say the same. `run` calls it once; it gives nothing when it cannot.
    ///
    /// `filled` is nothing when a parameter cannot be copied and varied.
    #[track_caller]
    pub fn finish(&self, filled: Option<()>, run: &dyn Fn(&mut Shift<'_>) -> Option<()>) {
        if filled.is_none() {
            return self.unchecked("a parameter or the result cannot be copied and varied");
        }
        let length = self
            .direction
            .iter()
            .fold(0.0, |most: f64, part| most.max(part.0.abs()));
        let (step, tolerance) = match self.epsilon > f64::EPSILON {
            true => (0.03, 1e-2),
            false => (1e-3, 1e-6),
        };
        let step = step * self.largest.max(1.0) / if length > 0.0 { length } else { 1.0 };
        let mut values = [(0.0, 0.0); 5];
        for (value, steps) in values.iter_mut().zip([-2.0, -1.0, 0.0, 1.0, 2.0]) {
            match catch_unwind(AssertUnwindSafe(|| self.evaluated(steps * step, run))) {
                Ok(Some(found)) => *value = found,
                Ok(None) => {
                    return self.unchecked("a parameter or the result cannot be copied and varied")
                }
                Err(_) => return self.unchecked("the function panics nearby"),
            }
        }
        let [two_below, below, at, above, two_above] = values.map(|(product, _)| product);
        let largest = values
            .iter()
            .fold(0.0, |most: f64, (_, size)| most.max(*size));
        let slope = (8.0 * (above - below) - (two_above - two_below)) / (12.0 * step);
        let rough = (above - below) / (2.0 * step);
        let rounding = ROUNDINGS * self.epsilon * (largest / step + self.size);
        let scale = self.claimed.abs().max(slope.abs());
        // four times as large at twice the step where the function is smooth, twice as large at a kink
        let [curve, wide_curve] = [
            (above - at) + (below - at),
            (two_above - at) + (two_below - at),
        ];
        let bend = (slope - rough).abs() + (wide_curve - 4.0 * curve).abs() / (4.0 * step);
        if !slope.is_finite() || bend > 0.1 * scale + rounding {
            return self.unchecked("the function is not smooth enough nearby for differences");
        }
        let allowed = tolerance * scale + rounding + bend;
        let agrees = (self.claimed - slope).abs() <= allowed;
        assert!(
            agrees,
            "{}: the derivative is wrong: along a direction it gives {}, but differences of the function give {slope} \
             (allowed: {allowed:e}; attribute at {}, seed {:#018x})",
            self.name, self.claimed, self.place, self.seed
        );
    }

    fn evaluated(&self, by: f64, run: &dyn Fn(&mut Shift<'_>) -> Option<()>) -> Option<(f64, f64)> {
        let mut shift = Shift {
            by,
            direction: self.direction.iter(),
            covector: self.covector.iter(),
            product: 0.0,
            size: 0.0,
            fits: true,
        };
        run(&mut shift)?;
        let whole =
            shift.fits && shift.direction.next().is_none() && shift.covector.next().is_none();
        whole.then_some((shift.product, shift.size))
    }

    fn unchecked(&self, why: &str) {
        unchecked(self.name, self.place, why);
    }
}

/// Says once that a derivative is not checked.
pub fn unchecked(name: &str, place: &str, why: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let line = format!("not checked: {name} ({place}): {why}");
    if SAID.lock().is_ok_and(|mut said| said.insert(line.clone())) {
        eprintln!("{line}");
    }
}

fn floats(x: &mut dyn Vary) -> std::vec::IntoIter<Part> {
    let mut values = Vec::new();
    x.each(&mut |value, _| {
        values.push(Part(value));
        value
    });
    values.into_iter()
}
