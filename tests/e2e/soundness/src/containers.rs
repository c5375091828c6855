//! The standard library's containers and iterators.

use crate::check::{both, reverse, values};
use autodiff::{autodiff_forward, autodiff_reverse};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

#[autodiff_forward(pushes_forward, Dual, Dual)]
#[autodiff_reverse(pushes_reverse, Duplicated, Active)]
fn pushes(x: &[f64]) -> f64 {
    let mut all = Vec::new();
    for i in 0..40 {
        all.push(x[i % x.len()] * x[0]);
    }
    all.iter().enumerate().map(|(i, v)| i as f64 * v * v).sum()
}

#[autodiff_reverse(pops_reverse, Duplicated, Active)]
fn pops(x: &[f64]) -> f64 {
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

#[autodiff_reverse(collects_reverse, Duplicated, Active)]
fn collects(x: &[f64]) -> f64 {
    let squares = x.iter().map(|x| x * x).collect::<Vec<_>>();
    let large = squares
        .iter()
        .copied()
        .filter(|s| *s > 0.2)
        .collect::<Vec<_>>();
    large.iter().rev().zip(&squares).map(|(a, b)| a * b).sum()
}

#[autodiff_reverse(nested_reverse, Duplicated, Active)]
fn nested(x: &[f64]) -> f64 {
    let mut rows = x.chunks(2).map(<[f64]>::to_vec).collect::<Vec<_>>();
    for i in 0..rows.len() - 1 {
        let carry = rows[i][0] * rows[i][1];
        rows[i + 1].push(carry);
    }
    rows.iter().map(|row| row.iter().product::<f64>()).sum()
}

#[autodiff_forward(iterators_forward, Dual, Dual)]
#[autodiff_reverse(iterators_reverse, Duplicated, Active)]
fn iterators(x: &[f64]) -> f64 {
    let windows = x
        .windows(3)
        .map(|w| w[0] * w[1] - w[2])
        .fold(1.0, |a, b| a * 0.5 + b);
    let chunks = x.chunks(2).map(|c| c.iter().product::<f64>()).sum::<f64>();
    let stepped = x
        .iter()
        .step_by(2)
        .zip(x.iter().skip(1))
        .map(|(a, b)| a / b)
        .sum::<f64>();
    windows * chunks
        + stepped
        + x.iter()
            .rev()
            .take(2)
            .copied()
            .fold(f64::NEG_INFINITY, f64::max)
}

#[autodiff_reverse(scans_reverse, Duplicated, Active)]
fn scans(x: &[f64]) -> f64 {
    x.iter()
        .scan(1.0, |state, x| {
            *state *= 0.5 + x;
            Some(*state)
        })
        .flat_map(|s| [s, s * s])
        .sum()
}

#[autodiff_reverse(ring_reverse, Duplicated, Active)]
fn ring(x: &[f64]) -> f64 {
    let mut ring = VecDeque::new();
    for x in x {
        ring.push_back(x * x);
        ring.push_front(x.sin());
    }
    ring.iter()
        .enumerate()
        .map(|(i, r)| (i + 1) as f64 * r * r)
        .sum()
}

enum List {
    Nil,
    Node(f64, Box<List>),
}

#[autodiff_reverse(linked_reverse, Duplicated, Active)]
fn linked(x: &[f64]) -> f64 {
    let mut list = List::Nil;
    for x in x {
        list = List::Node(x * x, Box::new(list));
    }
    let (mut at, mut s) = (&list, 1.0);
    while let List::Node(v, next) = at {
        s = s * v + v.sin();
        at = next;
    }
    s
}

#[autodiff_reverse(shared_reverse, Duplicated, Active)]
fn shared(x: &[f64]) -> f64 {
    let sum = Rc::new(RefCell::new(1.0));
    let other = Rc::clone(&sum);
    for x in x {
        *other.borrow_mut() *= 0.5 + x;
        *sum.borrow_mut() += x * x;
    }
    let result = *sum.borrow();
    result * x[0]
}

#[autodiff_reverse(cells_reverse, Duplicated, Active)]
fn cells(x: &[f64]) -> f64 {
    let cell = Cell::new(x[0]);
    for x in x {
        cell.set(cell.get() * x + 0.1);
    }
    cell.replace(1.0) + cell.get()
}

#[autodiff_reverse(zeroed_reverse, Duplicated, Active)]
fn zeroed(x: &[f64]) -> f64 {
    let mut histogram = [0.0; 4];
    for (i, x) in x.iter().enumerate() {
        histogram[i % 4] += x * x;
    }
    let mut heap = vec![0.0; x.len()];
    for (i, x) in x.iter().enumerate() {
        heap[i / 2] += x * histogram[i % 4];
    }
    heap.iter().chain(&histogram).map(|h| h * h).sum()
}

#[autodiff_reverse(mapped_reverse, Duplicated, Active)]
fn mapped(x: &[f64]) -> f64 {
    let a = [x[0], x[1], x[2]];
    let b = a.map(|a| a * a + x[0]);
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[autodiff_reverse(boxed_reverse, Duplicated, Active)]
fn boxed(x: &[f64]) -> f64 {
    let all: Box<[f64]> = x.iter().map(|x| x + 1.0).collect();
    let one = Box::new(all[0] * all[1]);
    *one * all.iter().product::<f64>()
}

#[autodiff_reverse(options_reverse, Duplicated, Active)]
fn options(x: &[f64]) -> f64 {
    let mut best: Option<f64> = None;
    for x in x {
        best = match best {
            Some(b) if b > *x => Some(b * 0.9),
            _ => Some(x * x),
        };
    }
    let slots = x
        .iter()
        .map(|x| (*x > 0.5).then_some(*x))
        .collect::<Vec<_>>();
    best.unwrap_or(0.0) + slots.iter().flatten().map(|s| s * s).sum::<f64>()
}

#[autodiff_reverse(empties_reverse, Duplicated, Active)]
fn empties(x: &[f64]) -> f64 {
    let none = x
        .iter()
        .filter(|x| **x > 100.0)
        .copied()
        .collect::<Vec<f64>>();
    none.iter().sum::<f64>() + x.iter().product::<f64>() + none.len() as f64
}

cases! {
    vec_push => both(pushes, pushes_reverse, pushes_forward, &values(4)),
    vec_pop => reverse(pops, pops_reverse, &values(5)),
    collect => reverse(collects, collects_reverse, &values(6)),
    vec_of_vec => reverse(nested, nested_reverse, &values(6)),
    chunks_windows_fold => both(iterators, iterators_reverse, iterators_forward, &values(7)),
    scan_and_flat_map => reverse(scans, scans_reverse, &values(5)),
    vec_deque => reverse(ring, ring_reverse, &values(5)),
    linked_list => reverse(linked, linked_reverse, &values(5)),
    rc_refcell => reverse(shared, shared_reverse, &values(5)),
    cell => reverse(cells, cells_reverse, &values(4)),
    zeroed_arrays => reverse(zeroed, zeroed_reverse, &values(7)),
    array_map => reverse(mapped, mapped_reverse, &values(3)),
    boxes => reverse(boxed, boxed_reverse, &values(4)),
    options_in_memory => reverse(options, options_reverse, &values(6)),
    empty_vec => reverse(empties, empties_reverse, &values(4)),
}
