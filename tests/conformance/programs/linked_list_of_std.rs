//! Linked list of std.

use std::collections::LinkedList;

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let mut list = LinkedList::new();
    for x in x {
        list.push_back(x * x);
        list.push_front(x.sin());
    }
    let mut s = 1.0;
    while let Some(v) = list.pop_front() {
        s = 0.5 * s + v * list.len() as f64;
    }
    s
}
