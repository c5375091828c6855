//! Thread local cell.

use std::cell::Cell;

pub const N: usize = 3;

thread_local!(static LAST: Cell<f64> = const { Cell::new(0.5) });

pub fn f(x: &[f64]) -> f64 {
    let before = LAST.replace(0.5);
    x.iter().map(|x| x * x * before).sum()
}
