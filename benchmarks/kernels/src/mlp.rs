//! A network's loss: 32 inputs, two layers of 64 tanh, 10 classes, the mean cross entropy of `size` samples.
//!
//! x: for each layer its weights by rows, and then its biases.

use crate::kernel::Kernel;
use crate::numbers::Numbers;
use autodiff::autodiff_reverse;

const WIDTHS: [usize; 4] = [32, 64, 64, 10];
const WIDEST: usize = 64;
const LAYERS: usize = WIDTHS.len() - 1;

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
        "collected" => Kernel::new(
            x,
            move |x| collected(&samples, x),
            move |x, dx| dcollected(&again, x, dx, 1.0),
        ),
        "hand" => Kernel::new(
            x,
            move |x| loss(&samples, x),
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
        .map(|(input, label)| {
            let mut values = [[0.0; WIDEST]; LAYERS + 1];
            cross_entropy(forward(input, x, &mut values), *label)
        })
        .sum();
    sum / samples.labels.len() as f64
}

/// Fills in the values of each layer, and gives the last.
fn forward<'a>(
    input: &[f64],
    mut parameters: &[f64],
    values: &'a mut [[f64; WIDEST]; LAYERS + 1],
) -> &'a [f64] {
    values[0][..WIDTHS[0]].copy_from_slice(input);
    for layer in 0..LAYERS {
        let (from, to) = (WIDTHS[layer], WIDTHS[layer + 1]);
        let (weights, rest) = parameters.split_at(from * to);
        let (biases, rest) = rest.split_at(to);
        let (below, above) = values.split_at_mut(layer + 1);
        let below = &below[layer][..from];
        let rows = weights.chunks_exact(from).zip(biases);
        for (value, (row, bias)) in above[0].iter_mut().zip(rows) {
            let total = bias + row.iter().zip(below).map(|(w, v)| w * v).sum::<f64>();
            *value = if layer + 1 < LAYERS {
                total.tanh()
            } else {
                total
            };
        }
        parameters = rest;
    }
    &values[LAYERS][..WIDTHS[LAYERS]]
}

#[autodiff_reverse(dcollected, Const, Duplicated, Active)]
fn collected(samples: &Samples, x: &[f64]) -> f64 {
    let rows = samples.inputs.chunks_exact(WIDTHS[0]);
    let sum: f64 = rows
        .zip(&samples.labels)
        .map(|(input, label)| cross_entropy(&collect(input, x), *label))
        .sum();
    sum / samples.labels.len() as f64
}

fn collect(input: &[f64], mut parameters: &[f64]) -> Vec<f64> {
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

/// Backpropagation, sample by sample.
fn by_hand(samples: &Samples, x: &[f64], dx: &mut [f64]) -> f64 {
    let n = samples.labels.len() as f64;
    let mut sum = 0.0;
    for (input, label) in samples.inputs.chunks_exact(WIDTHS[0]).zip(&samples.labels) {
        let mut values = [[0.0; WIDEST]; LAYERS + 1];
        let scores = forward(input, x, &mut values);
        let entropy = cross_entropy(scores, *label);
        sum += entropy;

        let normaliser = entropy + scores[*label];
        let mut adjoint = [0.0; WIDEST];
        for (a, s) in adjoint.iter_mut().zip(scores) {
            *a = (s - normaliser).exp() / n;
        }
        adjoint[*label] -= 1.0 / n;
        let mut at = x.len();
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
