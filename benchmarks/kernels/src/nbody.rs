//! The energy of `size` bodies: kinetic, and softened gravity between all pairs.
//!
//! x: all positions, then all velocities, three numbers each.

use crate::kernel::Kernel;
use crate::numbers::Numbers;
use autodiff::autodiff_reverse;

const SOFTENING: f64 = 1e-2;

pub fn kernel(version: &str, size: usize) -> Option<Kernel> {
    let mut numbers = Numbers::new();
    let x = numbers.take(6 * size, 1.0);
    let masses: Vec<f64> = numbers.take(size, 0.5).iter().map(|m| 1.0 + m).collect();
    let again = masses.clone();
    Some(match version {
        "plain" => Kernel::new(
            x,
            move |x| {
                let (positions, velocities) = x.as_chunks().0.split_at(masses.len());
                energy(&masses, positions, velocities)
            },
            move |x, dx| {
                let (positions, velocities) = x.as_chunks().0.split_at(again.len());
                let (dpositions, dvelocities) = dx.as_chunks_mut().0.split_at_mut(again.len());
                denergy(&again, positions, dpositions, velocities, dvelocities, 1.0)
            },
        ),
        "skipping" => Kernel::new(
            x,
            move |x| {
                let (positions, velocities) = x.as_chunks().0.split_at(masses.len());
                skipping(&masses, positions, velocities)
            },
            move |x, dx| {
                let (positions, velocities) = x.as_chunks().0.split_at(again.len());
                let (dpositions, dvelocities) = dx.as_chunks_mut().0.split_at_mut(again.len());
                dskipping(&again, positions, dpositions, velocities, dvelocities, 1.0)
            },
        ),
        "indexed" => Kernel::new(
            x,
            move |x| indexed(&masses, x),
            move |x, dx| dindexed(&again, x, dx, 1.0),
        ),
        "hand" => Kernel::new(
            x,
            move |x| indexed(&masses, x),
            move |x, dx| by_hand(&again, x, dx),
        ),
        _ => return None,
    })
}

#[autodiff_reverse(denergy, Const, Duplicated, Duplicated, Active)]
fn energy(masses: &[f64], positions: &[[f64; 3]], velocities: &[[f64; 3]]) -> f64 {
    let mut energy = 0.0;
    for (i, ((mass, position), velocity)) in
        masses.iter().zip(positions).zip(velocities).enumerate()
    {
        energy += 0.5 * mass * velocity.iter().map(|v| v * v).sum::<f64>();
        for (other, place) in masses[i + 1..].iter().zip(&positions[i + 1..]) {
            let between: f64 = position
                .iter()
                .zip(place)
                .map(|(p, q)| (p - q) * (p - q))
                .sum();
            energy -= mass * other / (between + SOFTENING).sqrt();
        }
    }
    energy
}

/// `skip` asks in every iteration whether something is still to be skipped.
#[autodiff_reverse(dskipping, Const, Duplicated, Duplicated, Active)]
fn skipping(masses: &[f64], positions: &[[f64; 3]], velocities: &[[f64; 3]]) -> f64 {
    let mut energy = 0.0;
    for (i, ((mass, position), velocity)) in
        masses.iter().zip(positions).zip(velocities).enumerate()
    {
        energy += 0.5 * mass * velocity.iter().map(|v| v * v).sum::<f64>();
        for (other, place) in masses.iter().zip(positions).skip(i + 1) {
            let between: f64 = position
                .iter()
                .zip(place)
                .map(|(p, q)| (p - q) * (p - q))
                .sum();
            energy -= mass * other / (between + SOFTENING).sqrt();
        }
    }
    energy
}

#[autodiff_reverse(dindexed, Const, Duplicated, Active)]
fn indexed(masses: &[f64], x: &[f64]) -> f64 {
    let n = masses.len();
    let mut energy = 0.0;
    for i in 0..n {
        let v = 3 * (n + i);
        energy += 0.5 * masses[i] * (x[v] * x[v] + x[v + 1] * x[v + 1] + x[v + 2] * x[v + 2]);
        for j in i + 1..n {
            let a = x[3 * i] - x[3 * j];
            let b = x[3 * i + 1] - x[3 * j + 1];
            let c = x[3 * i + 2] - x[3 * j + 2];
            energy -= masses[i] * masses[j] / (a * a + b * b + c * c + SOFTENING).sqrt();
        }
    }
    energy
}

fn by_hand(masses: &[f64], x: &[f64], dx: &mut [f64]) -> f64 {
    let (positions, velocities) = x.as_chunks::<3>().0.split_at(masses.len());
    let (forces, momenta) = dx.as_chunks_mut::<3>().0.split_at_mut(masses.len());
    let mut energy = 0.0;
    for (i, (mass, [a, b, c])) in masses.iter().zip(positions).enumerate() {
        for (p, v) in momenta[i].iter_mut().zip(velocities[i]) {
            energy += 0.5 * mass * v * v;
            *p += mass * v;
        }
        let (upper, lower) = forces.split_at_mut(i + 1);
        let force = &mut upper[i];
        for ((other, [p, q, r]), back) in masses.iter().zip(positions).skip(i + 1).zip(lower) {
            let between = [a - p, b - q, c - r];
            let square = between.iter().map(|d| d * d).sum::<f64>() + SOFTENING;
            let potential = mass * other / square.sqrt();
            energy -= potential;
            let pull = potential / square;
            for ((f, b), d) in force.iter_mut().zip(back).zip(between) {
                *f += pull * d;
                *b -= pull * d;
            }
        }
    }
    energy
}
