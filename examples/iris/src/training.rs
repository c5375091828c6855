//! Adam: a step against the running mean of the gradient, shorter where the gradient varies.

use crate::data::{Chance, Flower};
use crate::network::{loss_gradient, WEIGHTS};

const RATE: f64 = 0.02;
const KEEP_MEAN: f64 = 0.9;
const KEEP_SQUARE: f64 = 0.999;

/// What a training leaves behind.
pub struct Trained {
    pub weights: Vec<f64>,
    /// The loss at the start and after each epoch.
    pub losses: Vec<f64>,
}

/// Fits weights to the flowers in so many passes over all of them.
pub fn train(flowers: &[Flower], epochs: usize, chance: &mut Chance) -> Trained {
    let mut weights: Vec<f64> = (0..WEIGHTS).map(|_| chance.unit() - 0.5).collect();
    let mut losses = Vec::new();
    let mut mean = [0.0; WEIGHTS];
    let mut square = [0.0; WEIGHTS];
    let (mut kept_mean, mut kept_square) = (1.0, 1.0);
    for _ in 0..epochs {
        let (loss, gradient) = value_and_gradient(&weights, flowers);
        losses.push(loss);
        kept_mean *= KEEP_MEAN;
        kept_square *= KEEP_SQUARE;
        for i in 0..WEIGHTS {
            mean[i] += (1.0 - KEEP_MEAN) * (gradient[i] - mean[i]);
            square[i] += (1.0 - KEEP_SQUARE) * (gradient[i] * gradient[i] - square[i]);
            let spread = (square[i] / (1.0 - kept_square)).sqrt() + 1e-8;
            weights[i] -= RATE * mean[i] / (1.0 - kept_mean) / spread;
        }
    }
    losses.push(value_and_gradient(&weights, flowers).0);
    Trained { weights, losses }
}

fn value_and_gradient(weights: &[f64], flowers: &[Flower]) -> (f64, [f64; WEIGHTS]) {
    let mut gradient = [0.0; WEIGHTS];
    let value = loss_gradient(weights, &mut gradient, flowers, 1.0);
    (value, gradient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data;
    use crate::network::{classify, loss};

    #[test]
    fn gradient_agrees_with_central_differences() {
        let flowers = data::read().unwrap();
        let mut chance = Chance(3);
        let weights: Vec<f64> = (0..WEIGHTS).map(|_| chance.unit() - 0.5).collect();
        let (value, gradient) = value_and_gradient(&weights, &flowers);

        assert!((value - loss(&weights, &flowers)).abs() < 1e-12);
        for i in 0..WEIGHTS {
            let at = |offset: f64| {
                let mut weights = weights.clone();
                weights[i] += offset;
                loss(&weights, &flowers)
            };
            let difference = (at(1e-6) - at(-1e-6)) / 2e-6;
            assert!((difference - gradient[i]).abs() < 1e-7, "weight {i}");
        }
    }

    #[test]
    fn the_network_learns_the_flowers() {
        let mut chance = Chance(7);
        let fold = data::folds(data::read().unwrap(), 5, &mut chance).remove(0);
        let trained = train(&fold.learn, 200, &mut chance);

        let named =
            |flower: &&Flower| classify(&trained.weights, &flower.measurements) == flower.species;
        assert!(trained.losses[200] < 0.1 * trained.losses[0]);
        assert!(fold.learn.iter().filter(named).count() >= 115);
    }
}
