//! A cell that is written through a reference, which an iteration loads and an earlier one has stored.

use std::cell::Cell;

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let first = Box::new(Cell::new(x[0]));
    let other = Box::new(Cell::new(0.0));
    let slots: [Cell<&Cell<f64>>; 2] = [Cell::new(&other), Cell::new(&other)];
    let mut sum = 0.0;
    for k in 0..x.len() {
        let cell = slots[k % 2].get();
        sum += first.get() * first.get();
        cell.set(x[k] * 2.0);
        slots[(k + 1) % 2].set(&first);
    }
    sum
}
