//! Six kernels whose gradients time themselves: one line for each, `name ns`, the fastest of many calls.

use autodiff::autodiff_reverse;
use std::hint::black_box;
use std::time::Instant;

#[autodiff_reverse(rosenbrock_reverse, Duplicated, Active)]
fn rosenbrock(x: &[f64]) -> f64 {
    x.windows(2)
        .map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2))
        .sum()
}

#[autodiff_reverse(heat_reverse, Duplicated, Active)]
fn heat(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for _ in 0..20 {
        for i in 1..u.len() - 1 {
            u[i] += 0.1 * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
        }
    }
    u.iter().map(|u| u * u).sum()
}

#[autodiff_reverse(bodies_reverse, Duplicated, Active)]
fn bodies(x: &[f64]) -> f64 {
    let mut energy = 0.0;
    for (i, a) in x.chunks_exact(3).enumerate() {
        for b in x.chunks_exact(3).skip(i + 1) {
            let d = (0..3).map(|k| (a[k] - b[k]) * (a[k] - b[k])).sum::<f64>();
            energy -= 1.0 / (d + 0.01).sqrt();
        }
    }
    energy
}

#[autodiff_reverse(layers_reverse, Duplicated, Active)]
fn layers(x: &[f64]) -> f64 {
    const N: usize = 16;
    let mut now = x[..N].to_vec();
    let mut next = vec![0.0; N];
    for w in x[N..].chunks_exact(N * N) {
        for (o, row) in next.iter_mut().zip(w.chunks_exact(N)) {
            *o = row.iter().zip(&now).map(|(w, v)| w * v).sum::<f64>().tanh();
        }
        std::mem::swap(&mut now, &mut next);
    }
    now.iter().sum()
}

#[autodiff_reverse(cholesky_reverse, Duplicated, Active)]
fn cholesky(x: &[f64]) -> f64 {
    const N: usize = 16;
    let mut a = x.to_vec();
    let mut log = 0.0;
    for j in 0..N {
        for k in 0..j {
            for i in j..N {
                a[i * N + j] -= a[i * N + k] * a[j * N + k];
            }
        }
        let d = a[j * N + j].sqrt();
        for i in j..N {
            a[i * N + j] /= d;
        }
        log += d.ln();
    }
    log
}

#[autodiff_reverse(walk_reverse, Duplicated, Active)]
fn walk(x: &[f64]) -> f64 {
    let mut seed = 7u64;
    let mut price = x[0];
    let mut best = 0.0f64;
    for i in 0..2000 {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let noise = (seed >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
        price *= 1.0 + x[1] * 0.001 + x[2 + i % 8] * 0.01 * noise;
        best = best.max(price);
    }
    best
}

type Reverse = fn(&[f64], &mut [f64], f64) -> f64;

fn main() {
    let kernels: [(&str, Reverse, usize); 6] = [
        ("rosenbrock", rosenbrock_reverse, 2000),
        ("heat", heat_reverse, 500),
        ("bodies", bodies_reverse, 120),
        ("layers", layers_reverse, 16 + 16 * 16 * 6),
        ("cholesky", cholesky_reverse, 256),
        ("walk", walk_reverse, 10),
    ];
    for (name, gradient, n) in kernels {
        let x = (0..n)
            .map(|i| if n == 256 && i % 17 == 0 { 20.0 } else { 0.5 + 0.3 * (i as f64).sin() })
            .collect::<Vec<_>>();
        let mut shadow = vec![0.0; n];
        let fastest = (0..300).map(|_| {
            let began = Instant::now();
            black_box(gradient(black_box(&x), &mut shadow, 1.0));
            began.elapsed()
        });
        println!("{name} {}", fastest.min().unwrap_or_default().as_nanos());
    }
}
