//! Cell.

use std::cell::{Cell, RefCell};

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let cell = Cell::new(x[0]);
    for x in x {
        cell.set(cell.get() * x + 0.1);
    }
    cell.replace(1.0) + cell.get()
}
