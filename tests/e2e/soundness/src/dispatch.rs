//! Code that is chosen at run time.

use crate::check::{reverse, values};
use autodiff::autodiff_reverse;

#[autodiff_reverse(closures_reverse, Duplicated, Active)]
fn closures(x: &[f64]) -> f64 {
    let a = x[0];
    let all: Vec<Box<dyn Fn(f64) -> f64>> = vec![
        Box::new(move |v| v * a),
        Box::new(|v| v.sin()),
        Box::new(move |v| v * v + a * a),
    ];
    x.iter().enumerate().map(|(i, x)| all[i % 3](*x)).sum()
}

trait Shape {
    fn area(&self) -> f64;
    fn grow(&mut self, by: f64);
}

struct Circle(f64);
struct Rectangle {
    width: f64,
    height: f64,
}

impl Shape for Circle {
    fn area(&self) -> f64 {
        3.0 * self.0 * self.0
    }
    fn grow(&mut self, by: f64) {
        self.0 *= by;
    }
}

impl Shape for Rectangle {
    fn area(&self) -> f64 {
        self.width * self.height
    }
    fn grow(&mut self, by: f64) {
        self.width += by;
        self.height *= by;
    }
}

#[autodiff_reverse(objects_reverse, Duplicated, Active)]
fn objects(x: &[f64]) -> f64 {
    let mut shapes: Vec<Box<dyn Shape>> = Vec::new();
    for pair in x.chunks_exact(2) {
        if pair[0] > 0.6 {
            shapes.push(Box::new(Circle(pair[0] * pair[1])));
        } else {
            shapes.push(Box::new(Rectangle {
                width: pair[0],
                height: pair[1],
            }));
        }
    }
    for shape in &mut shapes {
        shape.grow(x[0]);
        shape.grow(x[1]);
    }
    shapes.iter().map(|shape| shape.area()).sum()
}

enum Operation {
    Add(f64),
    Scale { by: f64 },
    Nothing,
}

fn applied(operation: &Operation, to: f64) -> f64 {
    match operation {
        Operation::Add(v) => to + v,
        Operation::Scale { by } => to * by,
        Operation::Nothing => to,
    }
}

#[autodiff_reverse(enums_reverse, Duplicated, Active)]
fn enums(x: &[f64]) -> f64 {
    let operations = [
        Operation::Add(x[0]),
        Operation::Scale { by: x[1] * x[2] },
        Operation::Nothing,
    ];
    let mut v = 1.0;
    for i in 0..x.len() {
        v = applied(&operations[i % 3], v) + x[i];
    }
    v * v
}

#[autodiff_reverse(matched_reverse, Duplicated, Active)]
fn matched(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (i, x) in x.iter().enumerate() {
        s += match i {
            0 => x.sin(),
            1 => x * x,
            2 | 3 => x.exp() * s,
            _ => *x,
        };
    }
    s
}

fn cube(x: f64) -> f64 {
    x * x * x
}

#[inline(never)]
fn apply(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(f(x))
}

#[autodiff_reverse(generics_reverse, Duplicated, Active)]
fn generics(x: &[f64]) -> f64 {
    let a = x[1];
    apply(cube, x[0]) + apply(|v| v * a, x[0]) + apply(f64::sin, a)
}

#[autodiff_reverse(uncounted_reverse, Duplicated, Active)]
fn uncounted(x: &[f64]) -> f64 {
    let b = x[0];
    let all: Vec<Box<dyn Fn(f64) -> f64>> =
        vec![Box::new(|v| v), Box::new(|v| v.sin()), Box::new(move |v| v * b)];
    let unused: f64 = x.iter().enumerate().map(|(i, v)| all[i % 3](*v)).sum();
    let large = x.iter().filter(|v| all[2](**v) > 0.5).count();
    x[0] * x[0] * large as f64 + all[2](x[1]) + if unused > 1e9 { 1.0 } else { 0.0 }
}

cases! {
    results_that_count_for_nothing => reverse(uncounted, uncounted_reverse, &values(5)),
    boxed_closures => reverse(closures, closures_reverse, &values(5)),
    trait_objects => reverse(objects, objects_reverse, &values(8)),
    enums_in_an_array => reverse(enums, enums_reverse, &values(5)),
    matches_on_integers => reverse(matched, matched_reverse, &values(6)),
    generic_calls => reverse(generics, generics_reverse, &values(2)),
}
