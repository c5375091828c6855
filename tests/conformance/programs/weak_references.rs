//! Weak references.

use std::cell::Cell;
use std::rc::{Rc, Weak};

pub const N: usize = 4;

struct Child {
    parent: Weak<Cell<f64>>,
    share: f64,
}

pub fn f(x: &[f64]) -> f64 {
    let parent = Rc::new(Cell::new(1.0));
    let children = x
        .iter()
        .map(|x| Child {
            parent: Rc::downgrade(&parent),
            share: *x,
        })
        .collect::<Vec<_>>();
    for child in &children {
        if let Some(parent) = child.parent.upgrade() {
            parent.set(parent.get() * child.share + 0.2);
        }
    }
    parent.get()
}
