//! A network's loss: 32 inputs, two layers of 64 tanh, 10 classes, the mean cross entropy of `size` samples.
//!
//! x: for each layer its weights by rows, and then its biases.

use crate::kernel::Kernel;
use crate::numbers::Numbers;
use autodiff::autodiff_reverse;

const WIDTHS: [usize; 4] = [32, 64, 64, 10];
const WIDEST: usize = 64;

/// What the network learns from: a row of inputs for each label.
struct Samples {
    inputs: Vec<f64>,
    labels: Vec<usize>,
}

pub fn kernel(version: &str, size: usize) -> Option<Kernel> {
    let mut numbers = Numbers::new();
    let parameters = WIDTHS.windows(2).map(|w| (w[0] + 1) * w[1]).sum();
    let x = numbers.take(parameters, 0.3);
    let samples = Samples {
        inputs: numbers.take(size * WIDTHS[0], 1.0),
        labels: (0..size).map(|i| i % WIDTHS[3]).collect(),
    };
    let again = Samples {
        inputs: samples.inputs.clone(),
        labels: samples.labels.clone(),
    };
    Some(match version {
        "plain" => Kernel::new(
            x,
            move |x| loss(&samples, x),
            move |x, dx| dloss(&again, x, dx, 1.0),
        ),
        "indexed" => Kernel::new(
            x,
            move |x| indexed(&samples, x),
            move |x, dx| dindexed(&again, x, dx, 1.0),
        ),
        "hand" => Kernel::new(
            x,
            move |x| indexed(&samples, x),
            move |x, dx| by_hand(&again, x, dx),
        ),
        _ => return None,
    })
}

#[autodiff_reverse(dloss, Const, Duplicated, Active)]
fn loss(samples: &Samples, x: &[f64]) -> f64 {
    let rows = samples.inputs.chunks_exact(WIDTHS[0]);
    let sum: f64 = rows
        .zip(&samples.labels)
        .map(|(input, label)| cross_entropy(&forward(input, x), *label))
        .sum();
    sum / samples.labels.len() as f64
}

fn forward(input: &[f64], mut parameters: &[f64]) -> Vec<f64> {
    let mut values = input.to_vec();
    for (layer, out) in WIDTHS[1..].iter().enumerate() {
        let (weights, rest) = parameters.split_at(values.len() * out);
        let (biases, rest) = rest.split_at(*out);
        let sums = weights
            .chunks_exact(values.len())
            .zip(biases)
            .map(|(row, bias)| bias + row.iter().zip(&values).map(|(w, v)| w * v).sum::<f64>());
        values = if layer + 2 < WIDTHS.len() {
            sums.map(f64::tanh).collect()
        } else {
            sums.collect()
        };
        parameters = rest;
    }
    values
}

fn cross_entropy(scores: &[f64], label: usize) -> f64 {
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + scores.iter().map(|s| (s - most).exp()).sum::<f64>().ln() - scores[label]
}

#[autodiff_reverse(dindexed, Const, Duplicated, Active)]
fn indexed(samples: &Samples, x: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut values = vec![0.0; WIDEST];
    let mut sums = vec![0.0; WIDEST];
    for s in 0..samples.labels.len() {
        for i in 0..WIDTHS[0] {
            values[i] = samples.inputs[s * WIDTHS[0] + i];
        }
        let mut at = 0;
        for layer in 0..WIDTHS.len() - 1 {
            let (from, to) = (WIDTHS[layer], WIDTHS[layer + 1]);
            for i in 0..to {
                let mut total = x[at + from * to + i];
                for j in 0..from {
                    total += x[at + i * from + j] * values[j];
                }
                sums[i] = if layer + 2 < WIDTHS.len() {
                    total.tanh()
                } else {
                    total
                };
            }
            std::mem::swap(&mut values, &mut sums);
            at += (from + 1) * to;
        }
        sum += cross_entropy(&values[..WIDTHS[3]], samples.labels[s]);
    }
    sum / samples.labels.len() as f64
}

/// Backpropagation, sample by sample.
fn by_hand(samples: &Samples, x: &[f64], dx: &mut [f64]) -> f64 {
    const LAYERS: usize = WIDTHS.len() - 1;
    let n = samples.labels.len() as f64;
    let mut sum = 0.0;
    for (input, label) in samples.inputs.chunks_exact(WIDTHS[0]).zip(&samples.labels) {
        let mut values = [[0.0; WIDEST]; LAYERS + 1];
        values[0][..WIDTHS[0]].copy_from_slice(input);
        let mut at = 0;
        for layer in 0..LAYERS {
            let (from, to) = (WIDTHS[layer], WIDTHS[layer + 1]);
            let (weights, biases) = x[at..][..(from + 1) * to].split_at(from * to);
            let (below, above) = values.split_at_mut(layer + 1);
            let below = &below[layer][..from];
            for ((v, row), bias) in above[0]
                .iter_mut()
                .zip(weights.chunks_exact(from))
                .zip(biases)
            {
                let total = bias + row.iter().zip(below).map(|(w, v)| w * v).sum::<f64>();
                *v = if layer + 1 < LAYERS {
                    total.tanh()
                } else {
                    total
                };
            }
            at += (from + 1) * to;
        }
        let scores = &values[LAYERS][..WIDTHS[LAYERS]];
        let entropy = cross_entropy(scores, *label);
        sum += entropy;

        let normaliser = entropy + scores[*label];
        let mut adjoint = [0.0; WIDEST];
        for (a, s) in adjoint.iter_mut().zip(scores) {
            *a = (s - normaliser).exp() / n;
        }
        adjoint[*label] -= 1.0 / n;
        for layer in (0..LAYERS).rev() {
            let (from, to) = (WIDTHS[layer], WIDTHS[layer + 1]);
            at -= (from + 1) * to;
            let weights = &x[at..][..from * to];
            let (dweights, dbiases) = dx[at..][..(from + 1) * to].split_at_mut(from * to);
            let below = &values[layer][..from];
            let mut next = [0.0; WIDEST];
            for (((a, row), drow), dbias) in adjoint
                .iter()
                .zip(weights.chunks_exact(from))
                .zip(dweights.chunks_exact_mut(from))
                .zip(dbiases)
            {
                *dbias += a;
                for (((n, w), dw), v) in next.iter_mut().zip(row).zip(drow).zip(below) {
                    *n += a * w;
                    *dw += a * v;
                }
            }
            if layer > 0 {
                for (n, v) in next.iter_mut().zip(below) {
                    *n *= 1.0 - v * v;
                }
            }
            adjoint = next;
        }
    }
    sum / n
}
