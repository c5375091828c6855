//! ADBench's Gaussian mixture: the log-likelihood of `size` points in ten dimensions under ten components, with a
//! Wishart prior (gamma = 1, m = 0) and without the constants.
//!
//! x: 10 log weights, 10 means, and 10 factors of inverse covariances, each the 10 logarithms of the diagonal and then
//! the 45 entries below it by columns.

use crate::kernel::Kernel;
use crate::numbers::Numbers;
use autodiff::autodiff_reverse;

const DIMENSIONS: usize = 10;
const COMPONENTS: usize = 10;
const FACTOR: usize = DIMENSIONS * (DIMENSIONS + 1) / 2;
const MEANS: usize = COMPONENTS;
const FACTORS: usize = MEANS + COMPONENTS * DIMENSIONS;

pub fn kernel(version: &str, size: usize) -> Option<Kernel> {
    let mut numbers = Numbers::new();
    let x = numbers.take(FACTORS + COMPONENTS * FACTOR, 1.0);
    let points = numbers.take(size * DIMENSIONS, 2.0);
    let again = points.clone();
    Some(match version {
        "plain" => Kernel::new(
            x,
            move |x| gmm(&points, &x[..MEANS], &x[MEANS..FACTORS], &x[FACTORS..]),
            move |x, dx| {
                let (dalphas, rest) = dx.split_at_mut(MEANS);
                let (dmeans, dfactors) = rest.split_at_mut(FACTORS - MEANS);
                let (means, factors) = (&x[MEANS..FACTORS], &x[FACTORS..]);
                dgmm(
                    &again,
                    &x[..MEANS],
                    dalphas,
                    means,
                    dmeans,
                    factors,
                    dfactors,
                    1.0,
                )
            },
        ),
        "indexed" => Kernel::new(
            x,
            move |x| indexed(&points, &x[..MEANS], &x[MEANS..FACTORS], &x[FACTORS..]),
            move |x, dx| {
                let (dalphas, rest) = dx.split_at_mut(MEANS);
                let (dmeans, dfactors) = rest.split_at_mut(FACTORS - MEANS);
                let (means, factors) = (&x[MEANS..FACTORS], &x[FACTORS..]);
                dindexed(
                    &again,
                    &x[..MEANS],
                    dalphas,
                    means,
                    dmeans,
                    factors,
                    dfactors,
                    1.0,
                )
            },
        ),
        "hand" => Kernel::new(
            x,
            move |x| gmm(&points, &x[..MEANS], &x[MEANS..FACTORS], &x[FACTORS..]),
            move |x, dx| by_hand(&again, x, dx),
        ),
        _ => return None,
    })
}

#[autodiff_reverse(dgmm, Const, Duplicated, Duplicated, Duplicated, Active)]
fn gmm(points: &[f64], alphas: &[f64], means: &[f64], factors: &[f64]) -> f64 {
    let components = alphas.len();
    let dimensions = means.len() / components;
    let per_factor = factors.len() / components;
    let diagonals: Vec<f64> = factors
        .chunks_exact(per_factor)
        .flat_map(|factor| factor[..dimensions].iter().map(|log| log.exp()))
        .collect();
    let log_determinants: Vec<f64> = factors
        .chunks_exact(per_factor)
        .map(|factor| factor[..dimensions].iter().sum())
        .collect();

    let mut centred = vec![0.0; dimensions];
    let mut whitened = vec![0.0; dimensions];
    let mut terms = vec![0.0; components];
    let mut likelihood = 0.0;
    for point in points.chunks_exact(dimensions) {
        let models = means
            .chunks_exact(dimensions)
            .zip(diagonals.chunks_exact(dimensions))
            .zip(factors.chunks_exact(per_factor));
        for (k, ((mean, diagonal), factor)) in models.enumerate() {
            for ((c, p), m) in centred.iter_mut().zip(point).zip(mean) {
                *c = p - m;
            }
            whiten(diagonal, &factor[dimensions..], &centred, &mut whitened);
            let distance: f64 = whitened.iter().map(|w| w * w).sum();
            terms[k] = alphas[k] + log_determinants[k] - 0.5 * distance;
        }
        likelihood += log_sum_exp(&terms);
    }
    let n = (points.len() / dimensions) as f64;
    likelihood - n * log_sum_exp(alphas)
        + wishart(&diagonals, factors, dimensions, &log_determinants)
}

/// The lower triangle times a vector.
fn whiten(diagonal: &[f64], mut below: &[f64], centred: &[f64], whitened: &mut [f64]) {
    for ((w, d), c) in whitened.iter_mut().zip(diagonal).zip(centred) {
        *w = d * c;
    }
    for (j, c) in centred.iter().enumerate() {
        let (column, rest) = below.split_at(centred.len() - 1 - j);
        for (w, entry) in whitened[j + 1..].iter_mut().zip(column) {
            *w += entry * c;
        }
        below = rest;
    }
}

fn log_sum_exp(terms: &[f64]) -> f64 {
    let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + terms.iter().map(|t| (t - most).exp()).sum::<f64>().ln()
}

fn wishart(diagonals: &[f64], factors: &[f64], dimensions: usize, log_determinants: &[f64]) -> f64 {
    let per_factor = factors.len() / log_determinants.len();
    let diagonal: f64 = diagonals.iter().map(|d| d * d).sum();
    let below: f64 = factors
        .chunks_exact(per_factor)
        .flat_map(|factor| &factor[dimensions..])
        .map(|entry| entry * entry)
        .sum();
    0.5 * (diagonal + below) - log_determinants.iter().sum::<f64>()
}

#[autodiff_reverse(dindexed, Const, Duplicated, Duplicated, Duplicated, Active)]
fn indexed(points: &[f64], alphas: &[f64], means: &[f64], factors: &[f64]) -> f64 {
    let k = alphas.len();
    let d = means.len() / k;
    let n = points.len() / d;
    let f = factors.len() / k;
    let mut diagonals = vec![0.0; k * d];
    let mut log_determinants = vec![0.0; k];
    let mut squares = 0.0;
    for ik in 0..k {
        for i in 0..d {
            let log = factors[ik * f + i];
            diagonals[ik * d + i] = log.exp();
            log_determinants[ik] += log;
            squares += diagonals[ik * d + i] * diagonals[ik * d + i];
        }
        for i in d..f {
            squares += factors[ik * f + i] * factors[ik * f + i];
        }
    }
    let mut centred = vec![0.0; d];
    let mut whitened = vec![0.0; d];
    let mut terms = vec![0.0; k];
    let mut likelihood = 0.0;
    for ix in 0..n {
        for ik in 0..k {
            for i in 0..d {
                centred[i] = points[ix * d + i] - means[ik * d + i];
                whitened[i] = diagonals[ik * d + i] * centred[i];
            }
            let mut at = ik * f + d;
            for j in 0..d {
                for i in j + 1..d {
                    whitened[i] += factors[at] * centred[j];
                    at += 1;
                }
            }
            let mut distance = 0.0;
            for i in 0..d {
                distance += whitened[i] * whitened[i];
            }
            terms[ik] = alphas[ik] + log_determinants[ik] - 0.5 * distance;
        }
        likelihood += log_sum_exp(&terms);
    }
    let mut logs = 0.0;
    for ik in 0..k {
        logs += log_determinants[ik];
    }
    likelihood - n as f64 * log_sum_exp(alphas) + 0.5 * squares - logs
}

/// The adjoint: one pass over the points, in which the responsibilities weigh the components' gradients.
fn by_hand(points: &[f64], x: &[f64], dx: &mut [f64]) -> f64 {
    const D: usize = DIMENSIONS;
    const K: usize = COMPONENTS;
    let (alphas, means, factors) = (&x[..MEANS], &x[MEANS..FACTORS], &x[FACTORS..]);
    let (dalphas, rest) = dx.split_at_mut(MEANS);
    let (dmeans, dfactors) = rest.split_at_mut(FACTORS - MEANS);
    let mut diagonals = [[0.0; D]; K];
    let mut log_determinants = [0.0; K];
    for (k, factor) in factors.chunks_exact(FACTOR).enumerate() {
        for i in 0..D {
            diagonals[k][i] = factor[i].exp();
            log_determinants[k] += factor[i];
        }
    }
    let mut centred = [[0.0; D]; K];
    let mut whitened = [[0.0; D]; K];
    let mut terms = [0.0; K];
    let mut ddeterminants = [0.0; K];
    let mut likelihood = 0.0;
    for point in points.chunks_exact(D) {
        for k in 0..K {
            for i in 0..D {
                centred[k][i] = point[i] - means[k * D + i];
            }
            whiten(
                &diagonals[k],
                &factors[k * FACTOR + D..][..FACTOR - D],
                &centred[k],
                &mut whitened[k],
            );
            let distance: f64 = whitened[k].iter().map(|w| w * w).sum();
            terms[k] = alphas[k] + log_determinants[k] - 0.5 * distance;
        }
        let value = log_sum_exp(&terms);
        likelihood += value;
        for k in 0..K {
            let weight = (terms[k] - value).exp();
            dalphas[k] += weight;
            ddeterminants[k] += weight;
            let dfactor = &mut dfactors[k * FACTOR..][..FACTOR];
            let factor = &factors[k * FACTOR..][..FACTOR];
            let mut at = D;
            for j in 0..D {
                let diagonal = -weight * whitened[k][j] * diagonals[k][j];
                dfactor[j] += diagonal * centred[k][j];
                let mut dcentred = diagonal;
                for i in j + 1..D {
                    let dwhitened = -weight * whitened[k][i];
                    dfactor[at] += dwhitened * centred[k][j];
                    dcentred += dwhitened * factor[at];
                    at += 1;
                }
                dmeans[k * D + j] -= dcentred;
            }
        }
    }
    let n = (points.len() / D) as f64;
    let normaliser = log_sum_exp(alphas);
    let mut squares = 0.0;
    for k in 0..K {
        dalphas[k] -= n * (alphas[k] - normaliser).exp();
        for i in 0..FACTOR {
            let entry = if i < D {
                diagonals[k][i]
            } else {
                factors[k * FACTOR + i]
            };
            squares += entry * entry;
            dfactors[k * FACTOR + i] += if i < D {
                entry * entry + ddeterminants[k] - 1.0
            } else {
                entry
            };
        }
    }
    likelihood - n * normaliser + 0.5 * squares - log_determinants.iter().sum::<f64>()
}
