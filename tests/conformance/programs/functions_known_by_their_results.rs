//! exp, tanh, sin and the like where results are used again, are zero, infinite inside or saturated, in loops, branches,
//! recursion and functions that are called.

pub const N: usize = 5;

#[inline(never)]
fn cell(state: (f64, f64), input: f64) -> (f64, f64) {
    let gate = 1.0 / (1.0 + (-input - state.0).exp());
    let kept = gate * state.1 + (1.0 - gate) * (input * 1.5).tanh();
    (kept.tanh() * gate, kept)
}

/// The weights of what is masked are exp(-inf).
fn attention(x: &[f64], at: usize) -> f64 {
    let scores: Vec<f64> = x
        .iter()
        .enumerate()
        .map(|(i, v)| if i > at { f64::NEG_INFINITY } else { v * x[at] * 2.0 })
        .collect();
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = scores.iter().map(|s| (s - most).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().zip(x).map(|(w, v)| w / sum * v * v).sum()
}

fn tower(x: f64, left: usize) -> f64 {
    if left == 0 {
        return x;
    }
    let y = (0.2 * x).exp2();
    y * tower((x * y).sin() + 0.3 * y.cos(), left - 1) + y
}

pub fn f(x: &[f64]) -> f64 {
    let mut state = (0.1, x[1]);
    let mut product = 1.0;
    for (i, v) in x.iter().enumerate() {
        state = cell(state, *v);
        product *= (0.3 * v - 0.1).exp();
        if product > 1.2 {
            product /= 1.0 + (v * 0.5).tan();
        }
        let rounded = (*v as f32 * 0.25).exp() + (*v as f32).tanh();
        product += 1e-3 * f64::from(rounded) * (i as f64 + 25.0 * v).tanh() + attention(x, i);
    }
    product + state.0 * state.1 + tower(x[2], 4)
}
