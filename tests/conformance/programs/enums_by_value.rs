//! Enums by value whose variants hold different numbers of floats.
pub const N: usize = 9;
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
    let operations = x
        .iter()
        .enumerate()
        .map(|(i, x)| match i % 4 {
            0 => Operation::Add(*x),
            1 => Operation::Scale { by: 1.0 + x * x },
            2 => Operation::Clamp(-*x, *x * 2.0),
            _ => Operation::Nothing,
        })
        .collect::<Vec<_>>();
    let mut v = x[0];
    for operation in operations {
        v = applied(operation, v);
    }
    v * v
}
