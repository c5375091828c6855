//! The price of an Asian option: the mean over `size` paths of 64 steps with fixed normal numbers.
//!
//! x: spot, strike, rate, expiry, and the volatility of each step.

use crate::kernel::Kernel;
use crate::numbers::Numbers;
use autodiff::autodiff_reverse;
use std::f64::consts::TAU;

const STEPS: usize = 64;

pub fn kernel(version: &str, size: usize) -> Option<Kernel> {
    let mut numbers = Numbers::new();
    let mut x = vec![1.0, 1.05, 0.03, 1.5];
    x.extend((0..STEPS).map(|_| 0.3 + 0.1 * numbers.uniform()));
    let normals: Vec<f64> = (0..size * STEPS).map(|_| normal(&mut numbers)).collect();
    let again = normals.clone();
    Some(match version {
        "plain" => Kernel::new(
            x,
            move |x| price(&normals, x),
            move |x, dx| dprice(&again, x, dx, 1.0),
        ),
        "hand" => Kernel::new(
            x,
            move |x| price(&normals, x),
            move |x, dx| by_hand(&again, x, dx),
        ),
        _ => return None,
    })
}

/// Box and Muller's, one of the two.
fn normal(numbers: &mut Numbers) -> f64 {
    let radius = (-2.0 * (0.5 - 0.5 * numbers.uniform()).ln()).sqrt();
    radius * (0.5 * TAU * numbers.uniform()).cos()
}

#[autodiff_reverse(dprice, Const, Duplicated, Active)]
fn price(normals: &[f64], x: &[f64]) -> f64 {
    let (spot, strike, rate, expiry) = (x[0], x[1], x[2], x[3]);
    let volatilities = &x[4..];
    let step = expiry / volatilities.len() as f64;
    let mut sum = 0.0;
    for path in normals.chunks_exact(volatilities.len()) {
        let mut price = spot;
        let mut total = 0.0;
        for (normal, volatility) in path.iter().zip(volatilities) {
            price *= ((rate - 0.5 * volatility * volatility) * step
                + volatility * step.sqrt() * normal)
                .exp();
            total += price;
        }
        sum += (total / volatilities.len() as f64 - strike).max(0.0);
    }
    let paths = normals.len() / volatilities.len();
    sum / paths as f64 * (-rate * expiry).exp()
}

fn by_hand(normals: &[f64], x: &[f64], dx: &mut [f64]) -> f64 {
    let (spot, strike, rate, expiry) = (x[0], x[1], x[2], x[3]);
    let volatilities = &x[4..];
    let (steps, paths) = (
        volatilities.len() as f64,
        (normals.len() / volatilities.len()) as f64,
    );
    let step = expiry / steps;
    let root = step.sqrt();
    let discount = (-rate * expiry).exp();
    let mut prices = vec![0.0; volatilities.len()];
    let (mut sum, mut dstep, mut drate) = (0.0, 0.0, 0.0);
    for path in normals.chunks_exact(volatilities.len()) {
        let mut price = spot;
        let mut total = 0.0;
        for ((normal, volatility), kept) in path.iter().zip(volatilities).zip(&mut prices) {
            price *=
                ((rate - 0.5 * volatility * volatility) * step + volatility * root * normal).exp();
            total += price;
            *kept = price;
        }
        let payoff = total / steps - strike;
        if payoff <= 0.0 {
            continue;
        }
        sum += payoff;
        let seed = discount / paths;
        dx[1] -= seed;
        let mut later = 0.0;
        for (((normal, volatility), price), dvolatility) in path
            .iter()
            .zip(volatilities)
            .zip(&prices)
            .zip(&mut dx[4..])
            .rev()
        {
            later += price * seed / steps;
            drate += later * step;
            *dvolatility += later * (root * normal - volatility * step);
            dstep +=
                later * (rate - 0.5 * volatility * volatility + 0.5 * volatility * normal / root);
        }
        dx[0] += later / spot;
    }
    let value = sum / paths * discount;
    dx[2] += drate - expiry * value;
    dx[3] += dstep / steps - rate * value;
    value
}
