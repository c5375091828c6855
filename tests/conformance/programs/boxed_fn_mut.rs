//! Boxed fn mut.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let mut state = x[0];
    let mut step: Box<dyn FnMut(f64)> = if x[1] > 0.2 {
        Box::new(|v| state = state * v + 0.1)
    } else {
        Box::new(|v| state += v)
    };
    for x in x {
        step(*x);
    }
    drop(step);
    state * state
}
