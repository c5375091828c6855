//! ADBench's LSTM: the loss of two layers of width 14 that predict each of `size` characters from those before.
//!
//! x: for each layer the weights and biases of four gates, then weights of the input, weights and biases of the output.

use crate::kernel::Kernel;
use crate::numbers::Numbers;
use autodiff::autodiff_reverse;

const LAYERS: usize = 2;
const WIDTH: usize = 14;

pub fn kernel(version: &str, size: usize) -> Option<Kernel> {
    let mut numbers = Numbers::new();
    let x = numbers.take((8 * LAYERS + 3) * WIDTH, 1.0);
    let sequence: Vec<f64> = numbers
        .take(size * WIDTH, 0.5)
        .iter()
        .map(|x| 0.5 + x)
        .collect();
    let again = sequence.clone();
    Some(match version {
        "plain" => Kernel::new(
            x,
            move |x| loss(&sequence, x),
            move |x, dx| dloss(&again, x, dx, 1.0),
        ),
        _ => return None,
    })
}

#[autodiff_reverse(dloss, Const, Duplicated, Active)]
fn loss(sequence: &[f64], x: &[f64]) -> f64 {
    let (layers, ends) = x.split_at(8 * LAYERS * WIDTH);
    let mut cells = vec![0.0; LAYERS * WIDTH];
    let mut hidden = vec![0.0; LAYERS * WIDTH];
    let mut values = vec![0.0; WIDTH];
    let mut total = 0.0;
    let characters = sequence.chunks_exact(WIDTH);
    for (character, next) in characters.clone().zip(characters.skip(1)) {
        for ((v, c), weight) in values.iter_mut().zip(character).zip(&ends[..WIDTH]) {
            *v = c * weight;
        }
        for ((gates, cell), state) in layers
            .chunks_exact(8 * WIDTH)
            .zip(cells.chunks_exact_mut(WIDTH))
            .zip(hidden.chunks_exact_mut(WIDTH))
        {
            layer(gates, cell, state, &mut values);
        }
        for ((v, weight), bias) in values
            .iter_mut()
            .zip(&ends[WIDTH..])
            .zip(&ends[2 * WIDTH..])
        {
            *v = *v * weight + bias;
        }
        let normaliser = (2.0 + values.iter().map(|v| v.exp()).sum::<f64>()).ln();
        total -= next
            .iter()
            .zip(&values)
            .map(|(y, v)| y * (v - normaliser))
            .sum::<f64>();
    }
    total / (sequence.len() - WIDTH) as f64
}

/// One step of one layer, in place: `values` comes in from below and goes out above.
fn layer(gates: &[f64], cell: &mut [f64], state: &mut [f64], values: &mut [f64]) {
    let (weights, biases) = gates.split_at(4 * WIDTH);
    let gate =
        |kind: usize, i: usize, by: f64| by * weights[kind * WIDTH + i] + biases[kind * WIDTH + i];
    for i in 0..WIDTH {
        let forget = sigmoid(gate(0, i, values[i]));
        let take = sigmoid(gate(1, i, state[i]));
        let give = sigmoid(gate(2, i, values[i]));
        let change = gate(3, i, state[i]).tanh();
        cell[i] = cell[i] * forget + take * change;
        state[i] = give * cell[i].tanh();
        values[i] = state[i];
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
