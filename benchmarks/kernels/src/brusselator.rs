//! The Brusselator on a periodic grid of `size` times `size` cells: ten steps of Runge and Kutta's fourth order, and the
//! square of the final state.
//!
//! x: the first concentration in every cell, then the second.

use crate::kernel::Kernel;
use crate::numbers::Numbers;
use autodiff::autodiff_reverse;

const STEPS: usize = 10;
const STEP: f64 = 0.05;
const DIFFUSION: f64 = 0.5;

pub fn kernel(version: &str, size: usize) -> Option<Kernel> {
    let x: Vec<f64> = Numbers::new()
        .take(2 * size * size, 0.5)
        .iter()
        .map(|x| 1.0 + x)
        .collect();
    Some(match version {
        "plain" => Kernel::new(
            x,
            move |x| integrate(size, x),
            move |x, dx| dintegrate(size, x, dx, 1.0),
        ),
        "indexed" => Kernel::new(
            x,
            move |x| indexed(size, x),
            move |x, dx| dindexed(size, x, dx, 1.0),
        ),
        "hand" => Kernel::new(
            x,
            move |x| integrate(size, x),
            move |x, dx| by_hand(size, x, dx),
        ),
        _ => return None,
    })
}

#[autodiff_reverse(dintegrate, Const, Duplicated, Active)]
fn integrate(size: usize, x: &[f64]) -> f64 {
    steps(size, x, react)
}

#[autodiff_reverse(dindexed, Const, Duplicated, Active)]
fn indexed(size: usize, x: &[f64]) -> f64 {
    steps(size, x, react_by_indices)
}

fn steps(size: usize, x: &[f64], react: impl Fn(usize, &[f64], &mut [f64])) -> f64 {
    let mut state = x.to_vec();
    let mut stage = vec![0.0; x.len()];
    let mut slopes = [(); 4].map(|()| vec![0.0; x.len()]);
    for _ in 0..STEPS {
        advance(size, &mut state, &mut stage, &mut slopes, &react);
    }
    state.iter().map(|s| s * s).sum()
}

fn advance(
    size: usize,
    state: &mut [f64],
    stage: &mut [f64],
    [k1, k2, k3, k4]: &mut [Vec<f64>; 4],
    react: impl Fn(usize, &[f64], &mut [f64]),
) {
    react(size, state, k1);
    along(state, 0.5 * STEP, k1, stage);
    react(size, stage, k2);
    along(state, 0.5 * STEP, k2, stage);
    react(size, stage, k3);
    along(state, STEP, k3, stage);
    react(size, stage, k4);
    for (i, s) in state.iter_mut().enumerate() {
        *s += STEP / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
    }
}

fn along(state: &[f64], step: f64, slope: &[f64], stage: &mut [f64]) {
    for ((to, s), k) in stage.iter_mut().zip(state).zip(slope) {
        *to = s + step * k;
    }
}

/// The time derivative of a state, row by row.
fn react(size: usize, state: &[f64], slope: &mut [f64]) {
    let cells = size * size;
    let (u, v) = state[..2 * cells].split_at(cells);
    let (du, dv) = slope[..2 * cells].split_at_mut(cells);
    for i in 0..size {
        let rows = [(i + size - 1) % size, i, (i + 1) % size].map(|row| row * size);
        let u = rows.map(|row| &u[row..][..size]);
        let v = rows.map(|row| &v[row..][..size]);
        let du = &mut du[i * size..][..size];
        let dv = &mut dv[i * size..][..size];
        for j in 0..size {
            let (left, right) = ((j + size - 1) % size, (j + 1) % size);
            let spread = |[up, here, down]: [&[f64]; 3]| {
                up[j] + down[j] + here[left] + here[right] - 4.0 * here[j]
            };
            let meet = u[1][j] * u[1][j] * v[1][j];
            du[j] = 1.0 + meet - 4.4 * u[1][j] + DIFFUSION * spread(u);
            dv[j] = 3.4 * u[1][j] - meet + DIFFUSION * spread(v);
        }
    }
}

fn react_by_indices(size: usize, state: &[f64], slope: &mut [f64]) {
    let cells = size * size;
    let (u, v) = state[..2 * cells].split_at(cells);
    let (du, dv) = slope[..2 * cells].split_at_mut(cells);
    for i in 0..size {
        let (up, down) = ((i + size - 1) % size, (i + 1) % size);
        for j in 0..size {
            let (left, right) = ((j + size - 1) % size, (j + 1) % size);
            let at = i * size + j;
            let around = [
                up * size + j,
                down * size + j,
                i * size + left,
                i * size + right,
            ];
            let spread = |w: &[f64]| around.iter().map(|k| w[*k]).sum::<f64>() - 4.0 * w[at];
            let meet = u[at] * u[at] * v[at];
            du[at] = 1.0 + meet - 4.4 * u[at] + DIFFUSION * spread(u);
            dv[at] = 3.4 * u[at] - meet + DIFFUSION * spread(v);
        }
    }
}

/// Adds to `dstate` what `dslope` says of the state that `react` saw.
fn react_back(size: usize, state: &[f64], dslope: &[f64], dstate: &mut [f64]) {
    let cells = size * size;
    let (u, v) = state[..2 * cells].split_at(cells);
    let (a, b) = dslope[..2 * cells].split_at(cells);
    let (du, dv) = dstate[..2 * cells].split_at_mut(cells);
    for i in 0..size {
        let (up, down) = ((i + size - 1) % size, (i + 1) % size);
        for j in 0..size {
            let (left, right) = ((j + size - 1) % size, (j + 1) % size);
            let at = i * size + j;
            let around = [
                up * size + j,
                down * size + j,
                i * size + left,
                i * size + right,
            ];
            let spread = |w: &[f64]| around.iter().map(|k| w[*k]).sum::<f64>() - 4.0 * w[at];
            let meet = a[at] - b[at];
            du[at] +=
                2.0 * u[at] * v[at] * meet - 4.4 * a[at] + 3.4 * b[at] + DIFFUSION * spread(a);
            dv[at] += u[at] * u[at] * meet + DIFFUSION * spread(b);
        }
    }
}

/// Keeps the state of every step and computes its stages again.
fn by_hand(size: usize, x: &[f64], dx: &mut [f64]) -> f64 {
    let n = x.len();
    let mut states = vec![x.to_vec()];
    let mut stages = [(); 3].map(|()| vec![0.0; n]);
    let mut slopes = [(); 4].map(|()| vec![0.0; n]);
    for step in 0..STEPS {
        let mut state = states[step].clone();
        advance(size, &mut state, &mut stages[0], &mut slopes, react);
        states.push(state);
    }
    let value = states[STEPS].iter().map(|s| s * s).sum();
    let mut adjoint: Vec<f64> = states[STEPS].iter().map(|s| 2.0 * s).collect();
    let mut dstage = vec![0.0; n];
    let mut dslope = vec![0.0; n];
    for state in states[..STEPS].iter().rev() {
        for (stage, step) in [0.5 * STEP, 0.5 * STEP, STEP].into_iter().enumerate() {
            react(
                size,
                if stage == 0 {
                    state
                } else {
                    &stages[stage - 1]
                },
                &mut slopes[stage],
            );
            along(state, step, &slopes[stage], &mut stages[stage]);
        }
        let mut dstate = adjoint.clone();
        dstage.fill(0.0);
        let back = [
            (STEP / 6.0, 0.0),
            (STEP / 3.0, STEP),
            (STEP / 3.0, 0.5 * STEP),
            (STEP / 6.0, 0.5 * STEP),
        ];
        for (stage, (weight, step)) in back.into_iter().enumerate() {
            for ((k, a), s) in dslope.iter_mut().zip(&adjoint).zip(&dstage) {
                *k = weight * a + step * s;
            }
            dstage.fill(0.0);
            react_back(
                size,
                if stage == 3 {
                    state
                } else {
                    &stages[2 - stage]
                },
                &dslope,
                &mut dstage,
            );
            for (d, s) in dstate.iter_mut().zip(&dstage) {
                *d += s;
            }
        }
        adjoint = dstate;
    }
    for (d, a) in dx.iter_mut().zip(&adjoint) {
        *d += a;
    }
    value
}
