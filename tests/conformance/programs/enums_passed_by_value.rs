//! Enums passed by value.

pub const N: usize = 8;

#[derive(Clone, Copy)]
enum Operation {
    Add(f64),
    Scale { by: f64 },
    Clamp(f64, f64),
    Nothing,
}

#[inline(never)]
fn applied(operation: Operation, to: f64) -> f64 {
    match operation {
        Operation::Add(v) => to + v,
        Operation::Scale { by } => to * by,
        Operation::Clamp(low, high) => to.max(low).min(high),
        Operation::Nothing => to,
    }
}

pub fn f(x: &[f64]) -> f64 {
    let operation = |i: usize, x: f64| match i % 4 {
        0 => Operation::Add(x),
        1 => Operation::Scale { by: 1.0 + x * x },
        2 => Operation::Clamp(-x, x * 5.0),
        _ => Operation::Nothing,
    };
    let mut v = x[0];
    for (i, x) in x.iter().enumerate() {
        v = applied(operation(i, *x), v);
    }
    v * v
}
