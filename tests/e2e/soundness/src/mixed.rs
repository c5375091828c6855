//! Floats that lie beside integers, moved together: what a copy moves is decided byte by byte.

use crate::check::{both, reverse, values};
use autodiff::{autodiff_forward, autodiff_reverse};
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

#[autodiff_forward(pairs_forward, Dual, Dual)]
#[autodiff_reverse(pairs_reverse, Duplicated, Active)]
fn pairs(x: &[f64]) -> f64 {
    let mut all = Vec::new();
    for (i, x) in x.iter().enumerate() {
        all.push((i, x * x));
    }
    all.iter().map(|(i, x)| (i + 1) as f64 * x * x).sum()
}

#[derive(Clone, Copy)]
struct Particle {
    at: [f64; 2],
    mass: f64,
    id: u32,
}

fn particles(x: &[f64]) -> Vec<Particle> {
    (0u32..)
        .zip(x.chunks(3))
        .map(|(id, p)| Particle {
            at: [p[0], p[1]],
            mass: p[2],
            id,
        })
        .collect()
}

#[autodiff_forward(structs_forward, Dual, Dual)]
#[autodiff_reverse(structs_reverse, Duplicated, Active)]
fn structs(x: &[f64]) -> f64 {
    let mut all = particles(x);
    for i in 0..all.len() - 1 {
        all[i] = all[i + 1];
        all[i].mass *= all[i].at[0] + f64::from(all[i].id);
    }
    all.swap(0, 2);
    all.reverse();
    all.iter()
        .enumerate()
        .map(|(i, p)| (i + 1) as f64 * p.mass * (p.at[0] + 2.0 * p.at[1] * p.at[1]))
        .sum()
}

#[autodiff_reverse(ordered_reverse, Duplicated, Active)]
fn ordered(x: &[f64]) -> f64 {
    let mut all = particles(x);
    all.sort_by(|a, b| b.mass.partial_cmp(&a.mass).unwrap());
    let last = all.pop().unwrap();
    all.insert(0, last);
    all.iter()
        .enumerate()
        .map(|(i, p)| (i + 2) as f64 * p.mass * p.at[0] * p.at[1] + f64::from(p.id))
        .sum()
}

#[autodiff_reverse(indexed_reverse, Duplicated, Active)]
fn indexed(x: &[f64]) -> f64 {
    let mut all = particles(x);
    for i in 0..all.len() {
        for k in 0..2 {
            all[i].at[k] *= all[(i + 1) % 3].at[(k + i) % 2];
        }
    }
    all.sort_by(|a, b| b.mass.partial_cmp(&a.mass).unwrap());
    let last = all.pop().unwrap();
    all.insert(0, last);
    all.iter()
        .enumerate()
        .map(|(i, p)| (i + 2) as f64 * p.mass * p.at[0] * p.at[i % 2] + f64::from(p.id))
        .sum()
}

#[autodiff_reverse(ring_reverse, Duplicated, Active)]
fn ring(x: &[f64]) -> f64 {
    let mut ring = VecDeque::new();
    for (i, x) in x.iter().enumerate() {
        if i % 2 == 0 {
            ring.push_back((x * x, i as u32));
        } else {
            ring.push_front((x.sin(), i as u32));
        }
    }
    ring.rotate_left(2);
    ring.iter().map(|(v, i)| f64::from(*i + 1) * v * v).sum()
}

#[autodiff_reverse(total_reverse, Duplicated, Active)]
fn total(x: &[f64]) -> f64 {
    let mut u = x
        .iter()
        .flat_map(|x| [*x, x * x + 3.0, x.sin() - 3.0])
        .collect::<Vec<_>>();
    u.sort_unstable_by(f64::total_cmp);
    u.iter().enumerate().map(|(i, u)| (i + 1) as f64 * u * u).sum()
}

#[autodiff_reverse(tree_reverse, Duplicated, Active)]
fn tree(x: &[f64]) -> f64 {
    let mut sums = BTreeMap::new();
    for (i, x) in x.iter().enumerate() {
        *sums.entry(i % 3).or_insert(0.0) += x * x;
    }
    sums.values().map(|v| v * v).sum::<f64>() + sums[&0] * sums[&1]
}

#[autodiff_reverse(large_tree_reverse, Duplicated, Active)]
fn large_tree(x: &[f64]) -> f64 {
    let mut all = BTreeMap::new();
    for i in 0..40_u32 {
        all.insert((i * 7) % 40, x[i as usize % x.len()] * f64::from(i + 1));
    }
    all.remove(&3);
    all.iter().map(|(i, v)| f64::from(*i + 1) * v * v).sum()
}


#[autodiff_reverse(heap_reverse, Duplicated, Active)]
fn heap(x: &[f64]) -> f64 {
    let mut order = BinaryHeap::new();
    for (i, x) in x.iter().enumerate() {
        order.push(((x * 1000.0) as i64, i));
    }
    let mut s = 0.0;
    let mut weight = 1.0;
    while let Some((_, i)) = order.pop() {
        s += weight * x[i] * x[i];
        weight += 1.0;
    }
    s
}

#[autodiff_reverse(bits_reverse, Duplicated, Active)]
fn bits(x: &[f64]) -> f64 {
    let kept = x.iter().map(|x| (x * x).to_bits()).collect::<Vec<_>>();
    kept.iter().rev().map(|b| f64::from_bits(*b)).zip(x).map(|(a, b)| a * b).sum()
}

#[inline(never)]
fn divided_or_code(a: f64, b: f64) -> Result<f64, i32> {
    if b < 0.4 {
        Err((b * 10.0) as i32)
    } else {
        Ok(a / b)
    }
}

#[autodiff_reverse(chained_reverse, Duplicated, Active)]
fn chained(x: &[f64]) -> f64 {
    let all = || -> Result<f64, i32> { Ok(divided_or_code(x[0], x[1])? * divided_or_code(x[1], x[2])?) };
    let mut s = all().unwrap_or(0.5);
    for x in x {
        s += match divided_or_code(s, *x) {
            Ok(v) => v * x,
            Err(code) => f64::from(code) * x,
        };
    }
    s
}

cases! {
    pairs_that_grow => both(pairs, pairs_reverse, pairs_forward, &values(9)),
    structs_with_integers => both(structs, structs_reverse, structs_forward, &values(12)),
    structs_sorted => reverse(ordered, ordered_reverse, &values(12)),
    structs_indexed_inside => reverse(indexed, indexed_reverse, &values(9)),
    ring_of_pairs => reverse(ring, ring_reverse, &values(7)),
    results_chained => reverse(chained, chained_reverse, &values(4)),
    total_order => reverse(total, total_reverse, &values(8)),
    b_tree => reverse(tree, tree_reverse, &values(7)),
    large_b_tree => reverse(large_tree, large_tree_reverse, &values(6)),
    order_by_a_heap => reverse(heap, heap_reverse, &values(5)),
    bits_kept_in_a_vec => reverse(bits, bits_reverse, &values(4)),
}
