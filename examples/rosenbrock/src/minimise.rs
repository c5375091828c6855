//! L-BFGS: Newton's method with the curvature guessed from the last few steps.

use std::collections::VecDeque;

const REMEMBERED: usize = 8;
const MOST_ITERATIONS: usize = 1000;
const SMALL: f64 = 1e-9;

/// Where the search stands.
pub struct Point {
    pub iteration: usize,
    pub x: Vec<f64>,
    pub value: f64,
    pub gradient: Vec<f64>,
}

impl Point {
    pub fn done(&self) -> bool {
        norm(&self.gradient) < SMALL
    }
}

/// A step and the change of the gradient along it.
struct Secant {
    step: Vec<f64>,
    change: Vec<f64>,
    curvature: f64,
}

/// Goes downhill from `x` until the gradient is small; `watch` sees every point on the way.
pub fn minimise(
    function: impl Fn(&[f64]) -> (f64, Vec<f64>),
    x: Vec<f64>,
    mut watch: impl FnMut(&Point),
) -> Point {
    let (value, gradient) = function(&x);
    let mut at = Point {
        iteration: 0,
        x,
        value,
        gradient,
    };
    let mut memory = VecDeque::new();
    watch(&at);
    while !at.done() && at.iteration < MOST_ITERATIONS {
        let direction = downhill(&at.gradient, &memory);
        let Some(next) = search(&function, &at, &direction) else {
            break;
        };
        remember(&mut memory, &at, &next);
        at = next;
        watch(&at);
    }
    at
}

/// The two loops of L-BFGS: the gradient times the inverse curvature, negated.
fn downhill(gradient: &[f64], memory: &VecDeque<Secant>) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut weights = Vec::new();
    for secant in memory.iter().rev() {
        let weight = dot(&secant.step, &direction) / secant.curvature;
        add(&mut direction, -weight, &secant.change);
        weights.push(weight);
    }
    let scale = match memory.back() {
        Some(last) => last.curvature / dot(&last.change, &last.change),
        None => 1.0 / norm(gradient).max(1.0),
    };
    for d in &mut direction {
        *d *= scale;
    }
    for (secant, weight) in memory.iter().zip(weights.into_iter().rev()) {
        let correction = dot(&secant.change, &direction) / secant.curvature;
        add(&mut direction, weight - correction, &secant.step);
    }
    direction
}

/// Halves the step until the value falls by a part of what the slope promises.
fn search(
    function: &impl Fn(&[f64]) -> (f64, Vec<f64>),
    at: &Point,
    direction: &[f64],
) -> Option<Point> {
    let slope = dot(&at.gradient, direction);
    let mut length = 1.0;
    while length > 1e-12 {
        let mut x = at.x.clone();
        add(&mut x, length, direction);
        let (value, gradient) = function(&x);
        if value <= at.value + 1e-4 * length * slope {
            return Some(Point {
                iteration: at.iteration + 1,
                x,
                value,
                gradient,
            });
        }
        length /= 2.0;
    }
    None
}

fn remember(memory: &mut VecDeque<Secant>, from: &Point, to: &Point) {
    let step = difference(&to.x, &from.x);
    let change = difference(&to.gradient, &from.gradient);
    let curvature = dot(&step, &change);
    // Only upward curvature keeps every later direction downhill.
    if curvature > 0.0 {
        memory.push_back(Secant {
            step,
            change,
            curvature,
        });
    }
    if memory.len() > REMEMBERED {
        memory.pop_front();
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += factor * what;
    }
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}
