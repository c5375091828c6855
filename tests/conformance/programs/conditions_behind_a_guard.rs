//! A condition that only another one lets be asked: a rest, an element at an index.

pub const N: usize = 6;

#[inline(never)]
fn first(x: f64) -> f64 {
    (x * 1.3).sin()
}

#[inline(never)]
fn second(x: f64) -> f64 {
    x.exp() * 0.3
}

#[inline(never)]
fn third(x: f64) -> f64 {
    1.0 / (1.0 + x * x)
}

#[inline(never)]
fn chosen(x: &[f64], k: usize) -> f64 {
    let number = if k < x.len() {
        if x[k] > 0.5 { first(x[k]) } else { second(x[0]) }
    } else {
        third(x[1])
    };
    number * number
}

pub fn f(x: &[f64]) -> f64 {
    let n = x.len();
    let mut state: f64 = 0.3;
    for i in 0..n {
        let k = i % 3;
        state = if k != 0 {
            if n % k > 0 { first(state) + x[i] } else { second(state * x[i]) }
        } else {
            third(state) * x[i]
        };
    }
    state + chosen(x, 1) + chosen(x, 2) + chosen(x, 1 << 45)
}
