//! Values that are moved without arithmetic: copies whose type the IR no longer tells.

use crate::check::{both, reverse, values};
use autodiff::{autodiff_forward, autodiff_reverse};

/// Different weights, so that every place counts.
fn weighted(u: &[f64]) -> f64 {
    u.iter()
        .enumerate()
        .map(|(i, u)| (i + 1) as f64 * u * u)
        .sum()
}

#[autodiff_reverse(copy_within_reverse, Duplicated, Active)]
fn copy_within(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for step in 1..3 {
        u.copy_within(0..5, step);
        u[0] *= u[step];
    }
    weighted(&u)
}

#[autodiff_forward(rotate_forward, Dual, Dual)]
#[autodiff_reverse(rotate_reverse, Duplicated, Active)]
fn rotate(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    u.rotate_left(2);
    u[0] *= u[1];
    u.rotate_right(3);
    weighted(&u)
}

#[autodiff_reverse(insert_remove_reverse, Duplicated, Active)]
fn insert_remove(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    u.insert(2, x[0] * x[1]);
    let gone = u.remove(4);
    u.insert(0, gone.sin());
    u.remove(1);
    weighted(&u)
}

#[autodiff_forward(swap_forward, Dual, Dual)]
#[autodiff_reverse(swap_reverse, Duplicated, Active)]
fn swap(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for i in 0..u.len() - 1 {
        u.swap(i, i + 1);
        u[i] *= u[i + 1];
    }
    weighted(&u)
}

#[autodiff_reverse(bubble_reverse, Duplicated, Active)]
fn bubble(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for end in (1..u.len()).rev() {
        for i in 0..end {
            if u[i] > u[i + 1] {
                u.swap(i, i + 1);
            }
        }
    }
    weighted(&u)
}

#[autodiff_forward(turn_forward, Dual, Dual)]
#[autodiff_reverse(turn_reverse, Duplicated, Active)]
fn turn(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    u.reverse();
    weighted(&u)
}

#[autodiff_reverse(exchange_reverse, Duplicated, Active)]
fn exchange(x: &[f64]) -> f64 {
    let (mut a, mut b) = (x[0] * x[1], x[2]);
    for x in x {
        std::mem::swap(&mut a, &mut b);
        a *= x;
    }
    a + 3.0 * b * b
}

#[autodiff_reverse(buffers_reverse, Duplicated, Active)]
fn buffers(x: &[f64]) -> f64 {
    let (mut now, mut next) = (x.to_vec(), vec![0.0; x.len()]);
    for _ in 0..3 {
        for i in 0..now.len() {
            next[i] = now[i] * now[(i + 1) % now.len()];
        }
        std::mem::swap(&mut now, &mut next);
    }
    weighted(&now)
}

#[autodiff_reverse(taken_reverse, Duplicated, Active)]
fn taken(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let mut s = 0.0;
    for i in 0..u.len() {
        let next = x[(i + 1) % x.len()];
        let was = std::mem::replace(&mut u[i], next);
        s += was * was * u[i] + std::mem::take(&mut u[i]);
    }
    s + weighted(&u)
}

#[autodiff_reverse(sorted_reverse, Duplicated, Active)]
fn sorted(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    u.sort_by(|a, b| a.partial_cmp(b).unwrap());
    weighted(&u)
}

#[derive(Clone, Copy)]
struct Particle {
    at: [f64; 2],
    mass: f64,
}

#[autodiff_reverse(particles_reverse, Duplicated, Active)]
fn particles(x: &[f64]) -> f64 {
    let mut all = x
        .chunks(3)
        .map(|p| Particle {
            at: [p[0], p[1]],
            mass: p[2],
        })
        .collect::<Vec<_>>();
    for i in 0..all.len() - 1 {
        all[i] = all[i + 1];
        all[i].mass *= all[i].at[0];
    }
    all.iter()
        .map(|p| p.mass * (p.at[0] + 2.0 * p.at[1] * p.at[1]))
        .sum()
}

#[autodiff_reverse(swapped_particles_reverse, Duplicated, Active)]
fn swapped_particles(x: &[f64]) -> f64 {
    let mut all = x
        .chunks(3)
        .map(|p| Particle {
            at: [p[0], p[1]],
            mass: p[2],
        })
        .collect::<Vec<_>>();
    for i in 0..all.len() - 1 {
        all.swap(i, i + 1);
    }
    all.iter()
        .enumerate()
        .map(|(i, p)| (i + 1) as f64 * p.mass * (p.at[0] + 2.0 * p.at[1] * p.at[1]))
        .sum()
}

#[autodiff_reverse(sliced_reverse, Duplicated, Active)]
fn sliced(x: &[f64]) -> f64 {
    let mut u = vec![1.0; x.len() + 2];
    u[2..].copy_from_slice(x);
    let (left, right) = u.split_at_mut(3);
    left.clone_from_slice(&right[..3]);
    left[0] *= right[1];
    weighted(&u)
}

#[autodiff_reverse(bits_reverse, Duplicated, Active)]
fn bits(x: &[f64]) -> f64 {
    x.iter()
        .map(|x| f64::from_bits(x.to_bits()).abs().copysign(-1.0) * x)
        .sum()
}

cases! {
    overlapping_copy_within => reverse(copy_within, copy_within_reverse, &values(8)),
    rotations => both(rotate, rotate_reverse, rotate_forward, &values(7)),
    insertion_and_removal => reverse(insert_remove, insert_remove_reverse, &values(6)),
    elements_swapped_in_a_loop => both(swap, swap_reverse, swap_forward, &values(5)),
    bubble_sort => reverse(bubble, bubble_reverse, &values(6)),
    reversal => both(turn, turn_reverse, turn_forward, &values(6)),
    locals_swapped => reverse(exchange, exchange_reverse, &values(5)),
    buffers_swapped => reverse(buffers, buffers_reverse, &values(4)),
    replaced_and_taken => reverse(taken, taken_reverse, &values(4)),
    sort_by => reverse(sorted, sorted_reverse, &values(6)),
    structs_copied => reverse(particles, particles_reverse, &values(12)),
    structs_swapped => reverse(swapped_particles, swapped_particles_reverse, &values(12)),
    parts_of_slices => reverse(sliced, sliced_reverse, &values(6)),
    bits_of_floats => reverse(bits, bits_reverse, &values(3)),
}
