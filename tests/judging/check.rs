//! Judges a derivative by two five-point differences of the same function in f64, at several points.

use std::fmt::Debug;
use std::io::Write;

const SEED: f64 = 1.5;
const BEFORE: f64 = 0.25;
const STEPS: [f64; 2] = [1e-3, 2.5e-4];

/// How far a derivative may be from the truth when all is computed in f64, and when anything is in f32.
pub const DOUBLE: f64 = 1e-6;
pub const SINGLE: f64 = 5e-3;

/// A floating-point type.
pub trait Float: Copy + Debug {
    fn of(wide: f64) -> Self;
    fn wide(self) -> f64;
}

impl Float for f64 {
    fn of(wide: f64) -> f64 {
        wide
    }
    fn wide(self) -> f64 {
        self
    }
}

impl Float for f32 {
    fn of(wide: f64) -> f32 {
        wide as f32
    }
    fn wide(self) -> f64 {
        f64::from(self)
    }
}

/// The truth about a program: itself, itself in f64, and its gradient where it is known in closed form.
pub struct Truth<F> {
    pub own: fn(&[F]) -> F,
    pub primal: fn(&[f64]) -> f64,
    pub gradient: Option<fn(&[f64]) -> Vec<f64>>,
    pub points: Vec<Vec<f64>>,
    pub tolerance: f64,
}

pub enum Derivative<F> {
    Reverse(fn(&[F], &mut [F], F) -> F),
    Forward(fn(&[F], &[F]) -> (F, F)),
}

pub enum Verdict {
    Right,
    Wrong(String),
    /// No point says anything: the differences of two steps do not agree, or rounding decides what is computed.
    NotJudged(String),
}

/// What is computed of a point before any derivative is called.
struct Expected {
    x: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
    tolerance: f64,
}

impl Expected {
    /// `largest` is the largest part of what is compared: near it, what is small need not be exact.
    fn close(&self, what: &str, got: f64, wanted: f64, largest: f64) -> Result<(), String> {
        let scale = wanted.abs().max(1.0).max(0.1 * largest);
        if (got - wanted).abs() <= self.tolerance * scale {
            return Ok(());
        }
        Err(format!("{what} is {got:e}, but should be {wanted:e}"))
    }
}

/// Points of `n` coordinates of different values, off the places where programs like to branch.
pub fn points(n: usize) -> Vec<Vec<f64>> {
    let at = |phase: f64| {
        (0..n)
            .map(|i| 0.6 + 0.37 * (1.7 * i as f64 + phase).sin() + 0.01 * i as f64)
            .collect()
    };
    vec![at(0.4), at(2.13), at(4.77)]
}

/// Writes a line for each stage of each case, so that whoever started us knows what was begun when we die.
pub fn run(cases: &[fn(&mut dyn FnMut()) -> Verdict]) {
    let argument = |n| std::env::args().nth(n).and_then(|word| word.parse().ok());
    let first = argument(1).unwrap_or(0);
    for (number, case) in cases.iter().enumerate().skip(first) {
        say(number, "primal", "");
        let mut primal_done = || say(number, "derivative", "");
        match case(&mut primal_done) {
            Verdict::Right => say(number, "right", ""),
            Verdict::Wrong(why) => say(number, "wrong", &why),
            Verdict::NotJudged(why) => say(number, "not-judged", &why),
        }
    }
}

fn say(number: usize, stage: &str, why: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\x01{number} {stage} {why}").and_then(|()| out.flush()).unwrap();
}

pub fn judge<F: Float>(truth: &Truth<F>, derivative: &Derivative<F>, primal_done: &mut dyn FnMut()) -> Verdict {
    let mut expected = Vec::new();
    let mut why = String::new();
    for x in &truth.points {
        match known(truth, x) {
            Ok(point) => expected.push(point),
            Err(reason) => why = reason,
        }
    }
    primal_done();
    if expected.is_empty() {
        return Verdict::NotJudged(why);
    }
    for point in &expected {
        let found = match derivative {
            Derivative::Reverse(derivative) => reverse(point, *derivative),
            Derivative::Forward(derivative) => forward(point, *derivative),
        };
        if let Err(why) = found {
            return Verdict::Wrong(why);
        }
    }
    Verdict::Right
}

fn known<F: Float>(truth: &Truth<F>, x: &[f64]) -> Result<Expected, String> {
    let (value, wide) = ((truth.own)(&narrowed::<F>(x)).wide(), (truth.primal)(x));
    if !value.is_finite() {
        return Err(format!("the value is {value}"));
    }
    // written so that NaN is not close
    if !((value - wide).abs() <= 0.1 * truth.tolerance * wide.abs().max(1.0)) {
        return Err(format!("the value is {value}, and {wide} in f64"));
    }
    let gradient = match truth.gradient {
        Some(gradient) => gradient(x),
        None => stable_differences(truth.primal, x)?,
    };
    Ok(Expected { x: x.to_vec(), value, gradient, tolerance: truth.tolerance })
}

fn stable_differences(f: fn(&[f64]) -> f64, x: &[f64]) -> Result<Vec<f64>, String> {
    let [wide, narrow] = STEPS.map(|step| differences(f, x, step));
    for (i, (wide, narrow)) in wide.iter().zip(&narrow).enumerate() {
        // written so that NaN is not stable
        if !((wide - narrow).abs() <= 3e-7 * narrow.abs().max(1.0)) {
            return Err(format!("the differences of two steps are {wide} and {narrow} in coordinate {i}"));
        }
    }
    Ok(narrow)
}

fn differences(f: fn(&[f64]) -> f64, x: &[f64], step: f64) -> Vec<f64> {
    let mut moved = x.to_vec();
    let mut at = |i: usize, steps: f64| {
        moved[i] = x[i] + steps * step;
        let value = f(&moved);
        moved[i] = x[i];
        value
    };
    (0..x.len())
        .map(|i| (8.0 * (at(i, 1.0) - at(i, -1.0)) - (at(i, 2.0) - at(i, -2.0))) / (12.0 * step))
        .collect()
}

/// The value, the gradient times the seed, and that it is added to what the shadow held.
fn reverse<F: Float>(point: &Expected, derivative: fn(&[F], &mut [F], F) -> F) -> Result<(), String> {
    let x = narrowed::<F>(&point.x);
    let mut shadow = vec![F::of(BEFORE); x.len()];
    let value = derivative(&x, &mut shadow, F::of(SEED));
    unchanged(point, &x)?;
    let gradient = shadow.iter().map(|d| (d.wide() - BEFORE) / SEED).collect::<Vec<_>>();

    point.close("the value", value.wide(), point.value, 0.0)?;
    let largest = point.gradient.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
    for (i, (got, wanted)) in gradient.iter().zip(&point.gradient).enumerate() {
        if let Err(why) = point.close(&format!("gradient[{i}]"), *got, *wanted, largest) {
            return Err(format!("{why}: {gradient:?} should be {:?} at {x:?}", point.gradient));
        }
    }
    Ok(())
}

/// What a shared reference leads to is as it was.
fn unchanged<F: Float>(point: &Expected, x: &[F]) -> Result<(), String> {
    if x.iter().map(|x| x.wide()).eq(narrowed::<F>(&point.x).iter().map(|x| x.wide())) {
        return Ok(());
    }
    Err(format!("the derivative changed what it was given: {x:?} was {:?}", point.x))
}

/// The value, and the tangents in two directions.
fn forward<F: Float>(point: &Expected, derivative: fn(&[F], &[F]) -> (F, F)) -> Result<(), String> {
    let x = narrowed::<F>(&point.x);
    for slope in [-0.3, 0.7] {
        let direction = (0..x.len()).map(|i| 1.0 + slope * i as f64).collect::<Vec<_>>();
        let (value, tangent) = derivative(&x, &narrowed::<F>(&direction));
        unchanged(point, &x)?;

        point.close("the value", value.wide(), point.value, 0.0)?;
        let parts = point.gradient.iter().zip(&direction).map(|(g, d)| g * d);
        let largest = parts.clone().fold(0.0, |a: f64, b| a.max(b.abs()));
        point.close("the tangent", tangent.wide(), parts.sum(), largest)
            .map_err(|why| format!("{why} at {x:?} along {direction:?}"))?;
    }
    Ok(())
}

fn narrowed<F: Float>(x: &[f64]) -> Vec<F> {
    x.iter().map(|x| F::of(*x)).collect()
}
