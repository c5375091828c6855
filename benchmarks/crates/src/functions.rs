//! The functions of kernels/src, written for numbers of every kind; they compute the same.

use crate::kernel::Kernel;
use crate::method::{self, Function};
use crate::number::{sum, Number};
use crate::numbers::Numbers;

pub fn kernel(name: &str, method: &str, size: usize) -> Option<Kernel> {
    let mut numbers = Numbers::new();
    match name {
        "brusselator" => {
            let x = numbers.take(2 * size * size, 0.5);
            with(
                method,
                x.iter().map(|x| 1.0 + x).collect(),
                Brusselator { side: size },
            )
        }
        "gmm" => {
            let x = numbers.take(10 + 100 + 550, 1.0);
            let points = numbers.take(10 * size, 2.0);
            with(method, x, Mixture { points })
        }
        "mlp" => {
            let x = numbers.take(WIDTHS.windows(2).map(|w| (w[0] + 1) * w[1]).sum(), 0.3);
            let inputs = numbers.take(size * WIDTHS[0], 1.0);
            with(method, x, Network { inputs })
        }
        "nbody" => {
            let x = numbers.take(6 * size, 1.0);
            let masses = numbers.take(size, 0.5).iter().map(|m| 1.0 + m).collect();
            with(method, x, Bodies { masses })
        }
        "rosenbrock" => with(method, numbers.take(size, 1.0), Valley),
        "scalar" => each(method, numbers.take(size, 2.0)),
        _ => None,
    }
}

fn with<F: Function + Clone + 'static>(method: &str, x: Vec<f64>, function: F) -> Option<Kernel> {
    let (method, again) = (method::of::<F>(method)?, function.clone());
    Some(Kernel::new(
        x,
        move |x| function.call(x),
        move |x, dx| method(&again, x, dx),
    ))
}

/// A derivative for each number by itself, as a program has it that calls one.
fn each(method: &str, x: Vec<f64>) -> Option<Kernel> {
    let method = method::of::<Wave>(method)?;
    Some(Kernel::new(
        x,
        |x| x.iter().map(|x| Wave.call(&[*x])).sum(),
        move |x, dx| {
            let pairs = x.chunks(1).zip(dx.chunks_mut(1));
            pairs.map(|(x, dx)| method(&Wave, x, dx)).sum()
        },
    ))
}

#[derive(Clone)]
struct Wave;

impl Function for Wave {
    fn call<N: Number>(&self, x: &[N]) -> N {
        let x = x[0];
        x.sin() * (x * x).times(-0.1).exp() + (x * x).plus(1.0).sqrt()
    }
}

#[derive(Clone)]
struct Valley;

impl Function for Valley {
    fn call<N: Number>(&self, x: &[N]) -> N {
        sum(x.windows(2).map(|pair| {
            let (valley, slope) = (pair[1] - pair[0] * pair[0], (-pair[0]).plus(1.0));
            (valley * valley).times(100.0) + slope * slope
        }))
    }
}

#[derive(Clone)]
struct Bodies {
    masses: Vec<f64>,
}

impl Function for Bodies {
    fn call<N: Number>(&self, x: &[N]) -> N {
        let bodies = self.masses.len();
        let (positions, velocities) = x.split_at(3 * bodies);
        sum((0..bodies).map(|i| {
            let kinetic = sum(velocities[3 * i..][..3].iter().map(|v| *v * *v));
            (i + 1..bodies).fold(kinetic.times(0.5 * self.masses[i]), |energy, j| {
                let pair = positions[3 * i..][..3].iter().zip(&positions[3 * j..]);
                let between = sum(pair.map(|(p, q)| (*p - *q) * (*p - *q)));
                let root = between.plus(1e-2).sqrt();
                // a constant over a number, which not every crate has as an operation
                energy - (root / between.plus(1e-2)).times(self.masses[i] * self.masses[j])
            })
        }))
    }
}

#[derive(Clone)]
struct Brusselator {
    side: usize,
}

impl Function for Brusselator {
    fn call<N: Number>(&self, x: &[N]) -> N {
        const STEP: f64 = 0.05;
        let along = |state: &[N], step: f64, slope: &[N]| -> Vec<N> {
            let pairs = state.iter().zip(slope);
            pairs.map(|(s, k)| *s + k.times(step)).collect()
        };
        let mut state = x.to_vec();
        for _ in 0..10 {
            let k1 = self.react(&state);
            let k2 = self.react(&along(&state, 0.5 * STEP, &k1));
            let k3 = self.react(&along(&state, 0.5 * STEP, &k2));
            let k4 = self.react(&along(&state, STEP, &k3));
            for (i, s) in state.iter_mut().enumerate() {
                let slope = k1[i] + k2[i].times(2.0) + k3[i].times(2.0) + k4[i];
                *s = *s + slope.times(STEP / 6.0);
            }
        }
        sum(state.iter().map(|s| *s * *s))
    }
}

impl Brusselator {
    fn react<N: Number>(&self, state: &[N]) -> Vec<N> {
        let n = self.side;
        let (u, v) = state.split_at(n * n);
        let spread = |w: &[N], i: usize, j: usize| {
            let (up, down) = ((i + n - 1) % n * n + j, (i + 1) % n * n + j);
            let (left, right) = (i * n + (j + n - 1) % n, i * n + (j + 1) % n);
            w[up] + w[down] + w[left] + w[right] - w[i * n + j].times(4.0)
        };
        let (mut du, mut dv) = (Vec::with_capacity(2 * n * n), Vec::with_capacity(n * n));
        for i in 0..n {
            for j in 0..n {
                let (a, b) = (u[i * n + j], v[i * n + j]);
                let meet = a * a * b;
                du.push((meet - a.times(4.4)).plus(1.0) + spread(u, i, j).times(0.5));
                dv.push(a.times(3.4) - meet + spread(v, i, j).times(0.5));
            }
        }
        du.append(&mut dv);
        du
    }
}

#[derive(Clone)]
struct Mixture {
    points: Vec<f64>,
}

impl Function for Mixture {
    fn call<N: Number>(&self, x: &[N]) -> N {
        const D: usize = 10;
        let (alphas, rest) = x.split_at(D);
        let (means, factors) = rest.split_at(D * D);
        let factors: Vec<&[N]> = factors.chunks_exact(D * (D + 1) / 2).collect();
        let diagonals: Vec<Vec<N>> = factors
            .iter()
            .map(|factor| factor[..D].iter().map(|log| log.exp()).collect())
            .collect();
        let logs: Vec<N> = factors
            .iter()
            .map(|f| sum(f[..D].iter().copied()))
            .collect();
        let likelihood = sum(self.points.chunks_exact(D).map(|point| {
            let terms: Vec<N> = (0..D)
                .map(|k| {
                    let mean = &means[k * D..][..D];
                    let pairs = mean.iter().zip(point);
                    let centred: Vec<N> = pairs.map(|(m, p)| (-*m).plus(*p)).collect();
                    let distance = whitened(&diagonals[k], &factors[k][D..], &centred);
                    alphas[k] + logs[k] - distance.times(0.5)
                })
                .collect();
            log_sum_exp(&terms)
        }));
        let diagonal = diagonals.iter().flatten().copied();
        let below = factors.iter().flat_map(|factor| &factor[D..]).copied();
        let squares = sum(diagonal.chain(below).map(|entry| entry * entry));
        let points = (self.points.len() / D) as f64;
        likelihood - log_sum_exp(alphas).times(points) + squares.times(0.5) - sum(logs.into_iter())
    }
}

/// The square of a lower triangle times a vector.
fn whitened<N: Number>(diagonal: &[N], mut below: &[N], centred: &[N]) -> N {
    let pairs = diagonal.iter().zip(centred);
    let mut whitened: Vec<N> = pairs.map(|(d, c)| *d * *c).collect();
    for (j, c) in centred.iter().enumerate() {
        let (column, rest) = below.split_at(centred.len() - 1 - j);
        for (w, entry) in whitened[j + 1..].iter_mut().zip(column) {
            *w = *w + *entry * *c;
        }
        below = rest;
    }
    sum(whitened.iter().map(|w| *w * *w))
}

fn log_sum_exp<N: Number>(terms: &[N]) -> N {
    let larger = |a: N, b: N| if a.value() < b.value() { b } else { a };
    let most = terms
        .iter()
        .copied()
        .reduce(larger)
        .expect("there are terms");
    most + sum(terms.iter().map(|t| (*t - most).exp())).ln()
}

const WIDTHS: [usize; 4] = [32, 64, 64, 10];

#[derive(Clone)]
struct Network {
    inputs: Vec<f64>,
}

impl Function for Network {
    fn call<N: Number>(&self, x: &[N]) -> N {
        let samples = self.inputs.chunks_exact(WIDTHS[0]);
        let (weights, rest) = x.split_at(WIDTHS[0] * WIDTHS[1]);
        let (biases, rest) = rest.split_at(WIDTHS[1]);
        let entropies = samples.clone().enumerate().map(|(s, input)| {
            let rows = weights.chunks_exact(WIDTHS[0]).zip(biases);
            let mut values: Vec<N> = rows
                .map(|(row, bias)| *bias + sum(row.iter().zip(input).map(|(w, v)| w.times(*v))))
                .map(N::tanh)
                .collect();
            let mut parameters = rest;
            for layer in 2..WIDTHS.len() {
                let (weights, rest) = parameters.split_at(values.len() * WIDTHS[layer]);
                let (biases, rest) = rest.split_at(WIDTHS[layer]);
                let rows = weights.chunks_exact(values.len()).zip(biases);
                let sums = rows
                    .map(|(row, bias)| *bias + sum(row.iter().zip(&values).map(|(w, v)| *w * *v)));
                values = if layer + 1 < WIDTHS.len() {
                    sums.map(N::tanh).collect()
                } else {
                    sums.collect()
                };
                parameters = rest;
            }
            log_sum_exp(&values) - values[s % values.len()]
        });
        sum(entropies).times(1.0 / samples.len() as f64)
    }
}
