//! Enums in an array.

pub const N: usize = 5;

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

pub fn f(x: &[f64]) -> f64 {
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
