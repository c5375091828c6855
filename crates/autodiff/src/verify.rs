//! What derivatives call to check themselves, in builds with `AUTODIFF_VERIFY` only.
//!
//! A derivative maps a direction of its inputs to a direction of its outputs (forward), or a covector of its outputs to one of
//! its inputs (reverse). With the direction w and the covector v either gives the number ⟨v, J w⟩: one of the two is what
//! the caller gave, the other is random. The same number is the slope of s ↦ ⟨v, f(x + s w)⟩, taken by differences of
//! the function itself; and a reverse derivative's is what forward mode makes of w, unless the driver refuses that.
//! Memory behind `&mut` is input and output; behind `&` it comes out as it went in, so that a shadow that is added to
//! needs no case of its own.

extern crate std;

use core::cell::Cell;
use std::boxed::Box;
use std::collections::BTreeSet;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::string::String;
use std::sync::Mutex;
use std::vec::Vec;
use std::{eprintln, format};

/// Roundings that a function may add up to, in units of what is added.
const ROUNDINGS: f64 = 64.0;

const NOT_COPIED: &str = "a parameter or the result cannot be copied and varied";

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

std::thread_local! {
    static REFUSED: Cell<bool> = const { Cell::new(false) };
}

/// Called by a derivative that only a check asked for, and that the driver has refused; known to it by this name.
#[no_mangle]
pub extern "C" fn cargo_autodiff_was_refused(_: *const ()) {
    REFUSED.set(true);
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
/// Method lookup prefers the trait that needs one reference less. The copy is in a box, because a trait's declaration
/// knows a type that it does not know the size of.
pub struct Given<'a, T: ?Sized>(pub &'a T);

pub trait Copied {
    type Whole: ?Sized;
    fn copied(&self) -> Option<Box<Self::Whole>>;
}

impl<T: Vary + Clone> Copied for Given<'_, T> {
    type Whole = T;
    fn copied(&self) -> Option<Box<T>> {
        Some(Box::new(self.0.clone()))
    }
}

impl<T: Vary + Clone> Copied for Given<'_, [T]> {
    type Whole = [T];
    fn copied(&self) -> Option<Box<[T]>> {
        Some(self.0.into())
    }
}

pub trait NotCopied {
    type Whole: ?Sized;
    fn copied(&self) -> Option<Box<Self::Whole>>;
}

impl<T: ?Sized> NotCopied for &Given<'_, T> {
    type Whole = T;
    fn copied(&self) -> Option<Box<T>> {
        None
    }
}

/// `(&Kept(x)).copied()`: a clone of what takes no part, or nothing.
pub struct Kept<'a, T: ?Sized>(pub &'a T);

impl<T: Clone> Copied for Kept<'_, T> {
    type Whole = T;
    fn copied(&self) -> Option<Box<T>> {
        Some(Box::new(self.0.clone()))
    }
}

impl<T: Clone> Copied for Kept<'_, [T]> {
    type Whole = [T];
    fn copied(&self) -> Option<Box<[T]>> {
        Some(self.0.into())
    }
}

impl<T: ?Sized> NotCopied for &Kept<'_, T> {
    type Whole = T;
    fn copied(&self) -> Option<Box<T>> {
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

/// What an input of a call is made of.
#[derive(Clone, Copy)]
enum At {
    /// The function, at `x + by · direction`.
    Shifted(f64),
    /// Its tangent: the direction alone.
    Direction,
}

/// One call of the function, or of its forward derivative.
pub struct Call<'a> {
    at: At,
    direction: core::slice::Iter<'a, Part>,
    covector: core::slice::Iter<'a, Part>,
    product: f64,
    size: f64,
    fits: bool,
}

/// Calls it on copies of what the derivative was given; nothing, when they cannot be made.
pub type Run<'a> = &'a dyn Fn(&mut Call<'_>) -> Option<()>;

impl Call<'_> {
    /// Moves an input, or makes a copy of it the input's tangent.
    pub fn input(&mut self, x: &mut dyn Vary) {
        x.each(&mut |value, _| match (self.direction.next(), self.at) {
            (Some(Part(direction)), At::Shifted(by)) => value + by * direction,
            (Some(Part(direction)), At::Direction) => *direction,
            (None, _) => {
                self.fits = false;
                value
            }
        });
    }

    /// Multiplies an output, or its tangent, by its part of the covector.
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

/// What another source says the number is, and by how much it may differ.
#[derive(Clone, Copy)]
struct Number {
    value: f64,
    allowed: f64,
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

    /// Panics unless differences of the function, and forward mode, say the same. `forward` is for reverse mode.
    ///
    /// `filled` is nothing when a parameter cannot be copied and varied.
    #[track_caller]
    pub fn finish(&self, filled: Option<()>, function: Run<'_>, forward: Option<Run<'_>>) {
        if filled.is_none() {
            return self.unchecked(NOT_COPIED);
        }
        let slope = self.slope(function);
        if let Ok(slope) = slope {
            self.require(slope, "differences of the function give");
        }
        let product = forward.and_then(|forward| self.forward_mode(forward));
        if let Some(product) = product {
            self.require(product, "forward mode gives");
        }
        if let (Err(why), None) = (slope, product) {
            self.unchecked(why);
        }
    }

    /// Panics unless the derivative says the same as another source of the number.
    #[track_caller]
    fn require(&self, Number { value, allowed }: Number, source: &str) {
        let agrees = (self.claimed - value).abs() <= allowed;
        assert!(
            agrees,
            "{}: the derivative is wrong: along a direction it gives {}, but {source} {value} (allowed: {allowed:e}; \
             attribute at {}, seed {:#018x})",
            self.name, self.claimed, self.place, self.seed
        );
    }

    /// How far two numbers may be from each other, of the larger.
    fn tolerance(&self) -> f64 {
        if self.single() {
            1e-2
        } else {
            1e-6
        }
    }

    fn single(&self) -> bool {
        self.epsilon > f64::EPSILON
    }

    /// ⟨v, J w⟩ by differences of the function, or why they say nothing.
    fn slope(&self, function: Run<'_>) -> Result<Number, &'static str> {
        let length = self
            .direction
            .iter()
            .fold(0.0, |most: f64, part| most.max(part.0.abs()));
        let step = if self.single() { 0.03 } else { 1e-3 };
        let step = step * self.largest.max(1.0) / if length > 0.0 { length } else { 1.0 };
        let mut values = [(0.0, 0.0); 5];
        for (value, steps) in values.iter_mut().zip([-2.0, -1.0, 0.0, 1.0, 2.0]) {
            let at = At::Shifted(steps * step);
            *value = catch_unwind(AssertUnwindSafe(|| self.evaluated(at, function)))
                .map_err(|_| "the function panics nearby")?
                .ok_or(NOT_COPIED)?;
        }
        let [two_below, below, at, above, two_above] = values.map(|(product, _)| product);
        let largest = values
            .iter()
            .fold(0.0, |most: f64, (_, size)| most.max(*size));
        let slope = (8.0 * (above - below) - (two_above - two_below)) / (12.0 * step);
        let rough = (above - below) / (2.0 * step);
        let rounding = self.rounding(largest / step + self.size);
        let scale = self.claimed.abs().max(slope.abs());
        // four times as large at twice the step where the function is smooth, twice as large at a kink
        let [curve, wide_curve] = [
            (above - at) + (below - at),
            (two_above - at) + (two_below - at),
        ];
        let bend = (slope - rough).abs() + (wide_curve - 4.0 * curve).abs() / (4.0 * step);
        if !slope.is_finite() || bend > 0.1 * scale + rounding {
            return Err("the function is not smooth enough nearby for differences");
        }
        Ok(Number {
            value: slope,
            allowed: self.tolerance() * scale + rounding + bend,
        })
    }

    /// ⟨v, J w⟩ by forward mode; nothing when the driver has refused it.
    fn forward_mode(&self, forward: Run<'_>) -> Option<Number> {
        REFUSED.set(false);
        let (value, size) = self.evaluated(At::Direction, forward)?;
        let scale = self.claimed.abs().max(value.abs());
        (!REFUSED.get()).then(|| Number {
            value,
            allowed: self.tolerance() * scale + self.rounding(self.size + size),
        })
    }

    /// What rounding explains in a sum of terms, whose sizes add up to this.
    fn rounding(&self, size: f64) -> f64 {
        ROUNDINGS * self.epsilon * size
    }

    fn evaluated(&self, at: At, run: Run<'_>) -> Option<(f64, f64)> {
        let mut call = Call {
            at,
            direction: self.direction.iter(),
            covector: self.covector.iter(),
            product: 0.0,
            size: 0.0,
            fits: true,
        };
        run(&mut call)?;
        let whole = call.fits && call.direction.next().is_none() && call.covector.next().is_none();
        whole.then_some((call.product, call.size))
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
