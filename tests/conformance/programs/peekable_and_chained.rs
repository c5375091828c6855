//! Peekable and chained.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let mut values = x.iter().chain(x.iter().rev().skip(1)).peekable();
    let mut s = 0.1;
    while let Some(v) = values.next() {
        s += match values.peek() {
            Some(next) if *next > v => v * **next,
            Some(_) => 0.5 * v,
            None => v.sin(),
        };
    }
    s
}
