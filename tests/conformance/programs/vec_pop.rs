//! Vec pop.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let mut stack = vec![x[0]];
    for x in x {
        let top = stack.pop().unwrap_or(1.0);
        stack.push(top * x);
        stack.push(x.sin());
    }
    let mut s = 0.0;
    while let Some(v) = stack.pop() {
        s = 0.5 * s + v * v;
    }
    s
}
