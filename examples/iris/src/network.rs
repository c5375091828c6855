//! Four measurements, one hidden layer, three species.

use crate::data::{Flower, MEASUREMENTS, SPECIES};
use autodiff::autodiff_reverse;

const HIDDEN: usize = 8;
const FIRST: usize = HIDDEN * (MEASUREMENTS + 1);
const SECOND: usize = SPECIES * (HIDDEN + 1);

/// Number of weights: each neuron has one for every input, then its bias.
pub const WEIGHTS: usize = FIRST + SECOND;

/// Large weights fit chance: how much they cost.
const DECAY: f64 = 1e-3;

/// One score a species.
fn scores(weights: &[f64], measurements: &[f64; MEASUREMENTS]) -> [f64; SPECIES] {
    let (first, second) = weights.split_at(FIRST);
    let mut hidden = [0.0; HIDDEN];
    for (neuron, weights) in hidden.iter_mut().zip(first.chunks_exact(MEASUREMENTS + 1)) {
        *neuron = weighted_sum(weights, measurements).tanh();
    }
    let mut scores = [0.0; SPECIES];
    for (score, weights) in scores.iter_mut().zip(second.chunks_exact(HIDDEN + 1)) {
        *score = weighted_sum(weights, &hidden);
    }
    scores
}

fn weighted_sum(weights: &[f64], inputs: &[f64]) -> f64 {
    let mut sum = weights[inputs.len()];
    for (weight, input) in weights.iter().zip(inputs) {
        sum += weight * input;
    }
    sum
}

/// How surprised the network is by the flowers' species, on average (cross-entropy), and the cost of its weights.
#[autodiff_reverse(loss_gradient, Duplicated, Const, Active)]
pub fn loss(weights: &[f64], flowers: &[Flower]) -> f64 {
    let mut surprise = 0.0;
    for flower in flowers {
        let scores = scores(weights, &flower.measurements);
        let highest = scores
            .iter()
            .fold(f64::NEG_INFINITY, |high, s| high.max(*s));
        let total: f64 = scores.iter().map(|score| (score - highest).exp()).sum();
        surprise += total.ln() + highest - scores[flower.species];
    }
    let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
    surprise / flowers.len() as f64 + DECAY * squares
}

/// The species with the highest score.
pub fn classify(weights: &[f64], measurements: &[f64; MEASUREMENTS]) -> usize {
    let scores = scores(weights, measurements);
    let best = (0..SPECIES).max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    best.unwrap_or(0)
}
