//! Rc refcell.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let sum = Rc::new(RefCell::new(1.0));
    let other = Rc::clone(&sum);
    for x in x {
        *other.borrow_mut() *= 0.5 + x;
        *sum.borrow_mut() += x * x;
    }
    let result = *sum.borrow();
    result * x[0]
}
