//! Functions that are called, not inlined, and what they return.

use crate::check::{both, reverse, values};
use autodiff::{autodiff_forward, autodiff_reverse};

#[inline(never)]
fn largest(x: &[f64]) -> (f64, usize) {
    let mut best = (x[0] * x[0], 0);
    for (i, x) in x.iter().enumerate() {
        if x * x > best.0 {
            best = (x * x, i);
        }
    }
    best
}

#[autodiff_forward(pair_forward, Dual, Dual)]
#[autodiff_reverse(pair_reverse, Duplicated, Active)]
fn pair(x: &[f64]) -> f64 {
    let (value, at) = largest(x);
    value * x[(at + 1) % x.len()]
}

#[inline(never)]
fn root(x: f64) -> Option<f64> {
    (x > 0.5).then(|| x.sqrt())
}

#[autodiff_forward(option_forward, Dual, Dual)]
#[autodiff_reverse(option_reverse, Duplicated, Active)]
fn option(x: &[f64]) -> f64 {
    x.iter().filter_map(|x| root(*x)).sum::<f64>() + root(x[0]).unwrap_or(x[1])
}

#[inline(never)]
fn divided(a: f64, b: f64) -> Result<f64, i32> {
    if b < 0.4 {
        Err((b * 10.0) as i32)
    } else {
        Ok(a / b)
    }
}

#[autodiff_reverse(result_reverse, Duplicated, Active)]
fn result(x: &[f64]) -> f64 {
    let mut s = x[0];
    for x in x {
        s += match divided(s, *x) {
            Ok(v) => v * x,
            Err(code) => f64::from(code) * x,
        };
    }
    s
}

#[inline(never)]
fn power(x: f64, n: usize) -> f64 {
    if n == 0 {
        1.0
    } else {
        x * power(x, n - 1)
    }
}

#[autodiff_forward(recursion_forward, Dual, Dual)]
#[autodiff_reverse(recursion_reverse, Duplicated, Active)]
fn recursion(x: &[f64]) -> f64 {
    x.iter().enumerate().map(|(i, x)| power(*x, i)).sum()
}

fn ackermann_like(x: &[f64], depth: usize) -> f64 {
    if x.len() < 2 || depth == 0 {
        return x.iter().product();
    }
    let (left, right) = x.split_at(x.len() / 2);
    ackermann_like(left, depth - 1) * ackermann_like(right, depth - 1).sin() + x[0]
}

#[autodiff_reverse(halves_reverse, Duplicated, Active)]
fn halves(x: &[f64]) -> f64 {
    ackermann_like(x, 5)
}

fn is_even(x: f64, n: u32) -> f64 {
    if n == 0 {
        x
    } else {
        is_odd(x * 1.1, n - 1) + 0.1
    }
}

fn is_odd(x: f64, n: u32) -> f64 {
    if n == 0 {
        x * x
    } else {
        is_even(x.sin(), n - 1)
    }
}

#[autodiff_reverse(mutual_reverse, Duplicated, Active)]
fn mutual(x: &[f64]) -> f64 {
    is_even(x[0], 5) + is_odd(x[1], 4)
}

struct Moments {
    mean: f64,
    variance: f64,
    n: usize,
}

#[inline(never)]
fn moments(x: &[f64]) -> Moments {
    let n = x.len();
    let mean = x.iter().sum::<f64>() / n as f64;
    let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64;
    Moments { mean, variance, n }
}

#[autodiff_reverse(structure_reverse, Duplicated, Active)]
fn structure(x: &[f64]) -> f64 {
    let m = moments(x);
    m.mean * m.variance * m.n as f64
}

#[inline(never)]
fn polar(x: f64, y: f64) -> (f64, f64) {
    (x.hypot(y), y.atan2(x))
}

#[autodiff_reverse(two_floats_reverse, Duplicated, Active)]
fn two_floats(x: &[f64]) -> f64 {
    let (r, phi) = polar(x[0], x[1]);
    r * phi * x[2]
}

#[inline(never)]
fn rotated(m: [[f64; 2]; 2], v: [f64; 2]) -> [f64; 2] {
    m.map(|row| row[0] * v[0] + row[1] * v[1])
}

#[autodiff_reverse(arrays_reverse, Duplicated, Active)]
fn arrays(x: &[f64]) -> f64 {
    let m = [[x[0], x[1]], [x[2], x[3]]];
    let mut v = [1.0, x[0]];
    for _ in 0..3 {
        v = rotated(m, v);
    }
    v[0] * v[1]
}

#[inline(never)]
fn bounded(x: f64) -> (bool, f64, f64) {
    (x > 0.6, x * x, x.exp())
}

#[autodiff_reverse(triple_reverse, Duplicated, Active)]
fn triple(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for x in x {
        let (above, square, exponential) = bounded(*x);
        s += if above { square } else { exponential };
    }
    s
}

cases! {
    float_and_index => both(pair, pair_reverse, pair_forward, &values(5)),
    option_of_float => both(option, option_reverse, option_forward, &values(6)),
    result_of_float => reverse(result, result_reverse, &values(5)),
    recursion_of_a_scalar => both(recursion, recursion_reverse, recursion_forward, &values(5)),
    recursion_on_slices => reverse(halves, halves_reverse, &values(7)),
    mutual_recursion => reverse(mutual, mutual_reverse, &values(2)),
    struct_with_integer => reverse(structure, structure_reverse, &values(5)),
    two_floats_together => reverse(two_floats, two_floats_reverse, &values(3)),
    arrays_by_value => reverse(arrays, arrays_reverse, &values(4)),
    bool_and_two_floats => reverse(triple, triple_reverse, &values(6)),
}
