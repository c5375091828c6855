//! Functions that hand on the place of their own result to what they call.

pub const N: usize = 3;

struct Three {
    a: f64,
    b: f64,
    c: f64,
}

#[inline(never)]
fn leaf(x: f64, n: usize) -> Three {
    Three {
        a: x,
        b: x * x,
        c: n as f64,
    }
}

#[inline(never)]
fn other(x: f64, n: usize) -> Three {
    if n % 2 == 1 {
        leaf(x, n)
    } else {
        leaf(x * x, n + 7)
    }
}

pub fn f(x: &[f64]) -> f64 {
    let closures: [&dyn Fn(f64) -> Three; 2] = [&|v| other(v, 1), &|v| leaf(v * x[0], 2)];
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        let (one, two) = (other(*v, i), closures[i % 2](*v));
        sum += one.a * one.b + one.c * v + two.a * two.b * two.c;
    }
    sum
}
