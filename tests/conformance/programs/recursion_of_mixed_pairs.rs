//! Recursive functions that return a float beside a truth value, or beside a length, and call each other.

pub const N: usize = 3;

#[inline(never)]
fn down(x: f64, n: i32) -> (f64, bool) {
    if n < 0 || x > 4.0 {
        return (x * x, n < 0);
    }
    let (value, done) = up(x + 0.3, n - 1);
    (value * x, !done)
}

#[inline(never)]
fn up(x: f64, n: i32) -> (f64, bool) {
    if n < 0 {
        return (x, true);
    }
    let (value, done) = down(x * 1.1, n - 2);
    (value + x, done)
}

#[inline(never)]
fn halves(x: &[f64], depth: usize) -> (f32, usize, f64) {
    match x {
        [] => (0.5, depth, 1.0),
        [first] => (*first as f32, depth, first * first),
        _ => {
            let (left, right) = x.split_at(x.len() / 2);
            let (a, n, b) = halves(left, depth + 1);
            let (c, m, d) = halves(right, depth + 1);
            (a * c, n.max(m), b + d)
        }
    }
}

pub fn f(x: &[f64]) -> f64 {
    let (value, done) = down(x[2], 4);
    let (_, depth, sum) = halves(x, 0);
    sum * depth as f64 + if done { value * x[0] } else { value * x[1] }
}
