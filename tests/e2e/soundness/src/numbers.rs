//! Arithmetic: libm, f32, what is not finite, and values that a long loop must remember.

use crate::check::{both, close, reverse, values};
use autodiff::{autodiff_forward, autodiff_reverse};

#[autodiff_forward(libm_forward, Dual, Dual)]
#[autodiff_reverse(libm_reverse, Duplicated, Active)]
fn libm(x: &[f64]) -> f64 {
    let [a, b] = [x[0], x[1]];
    a.sin() * b.cos()
        + a.tan()
        + a.exp() * b.ln()
        + a.sqrt()
        + b.cbrt()
        + a.powf(b)
        + a.powi(3)
        + a.exp2()
        + b.log10()
        + b.log2()
        + a.asin()
        + a.acos()
        + b.atan()
        + a.atan2(b)
        + a.sinh()
        + b.cosh()
        + a.tanh()
        + a.hypot(b)
        + a.exp_m1()
        + b.ln_1p()
}

#[autodiff_reverse(choices_reverse, Duplicated, Active)]
fn choices(x: &[f64]) -> f64 {
    x.iter()
        .map(|x| {
            x.abs().max(0.3).min(2.0) * x.clamp(-0.5, 0.5)
                + (x * 4.0).floor() * x
                + x.signum() * x * x
        })
        .sum()
}

#[autodiff_reverse(single_reverse, Duplicated, Active)]
fn single(x: &[f32]) -> f32 {
    let mut u = x.to_vec();
    for i in 0..u.len() - 1 {
        u[i] += 0.3 * u[i + 1] * u[i];
    }
    u.iter().map(|u| u * u).sum()
}

fn single_is_right() {
    let x = [0.4_f32, 0.7, 0.2, 0.9];
    let mut dx = [0.0; 4];
    let value = single_reverse(&x, &mut dx, 1.0);

    let v = [0, 1, 2].map(|i| f64::from(x[i]) * (1.0 + 0.3 * f64::from(x[i + 1])));
    let last = f64::from(x[3]);
    close_f32(value, v.iter().map(|v| v * v).sum::<f64>() + last * last);
    for i in 0..4 {
        let own = if i < 3 {
            2.0 * v[i] * (1.0 + 0.3 * f64::from(x[i + 1]))
        } else {
            2.0 * last
        };
        let before = if i > 0 {
            2.0 * v[i - 1] * 0.3 * f64::from(x[i - 1])
        } else {
            0.0
        };
        close_f32(dx[i], own + before);
    }
}

#[track_caller]
fn close_f32(got: f32, wanted: f64) {
    assert!(
        (f64::from(got) - wanted).abs() < 1e-5 * wanted.abs().max(1.0),
        "{got} should be {wanted}"
    );
}

#[autodiff_reverse(mixed_reverse, Duplicated, Active)]
fn mixed(x: &[f64]) -> f64 {
    let narrow = x.iter().map(|x| (*x * 2.0) as i32).sum::<i32>();
    x.iter()
        .enumerate()
        .map(|(i, x)| x * x * i as f64)
        .sum::<f64>()
        + f64::from(narrow % 2) * x[0]
}

#[autodiff_reverse(quotient_reverse, Duplicated, Active)]
fn quotient(x: &[f64]) -> f64 {
    x[0] * x[1] / (x[0] - x[0]) + x[2]
}

#[autodiff_reverse(blow_up_reverse, Duplicated, Active)]
fn blow_up(x: &[f64]) -> f64 {
    let mut y = x[0];
    for _ in 0..12 {
        y = y * y + x[1];
    }
    y - y
}

#[autodiff_reverse(squared_reverse, Duplicated, Active)]
fn squared(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

/// What IEEE arithmetic says must arrive: derivative code must not assume that numbers are finite.
fn not_finite_stays() {
    let mut dx = [0.0; 3];
    assert_eq!(
        quotient_reverse(&[1.0, 2.0, 3.0], &mut dx, 1.0),
        f64::INFINITY
    );
    assert!(dx[0].is_nan() || dx[0].is_infinite(), "{dx:?}");
    assert_eq!(dx[1..], [f64::INFINITY, 1.0]);

    let mut dx = [0.0; 2];
    assert!(blow_up_reverse(&[10.0, 1.0], &mut dx, 1.0).is_nan());
    assert!(dx.iter().all(|d| d.is_nan()), "{dx:?}");

    let mut dx = [0.0; 3];
    assert!(squared_reverse(&[f64::NAN, f64::INFINITY, 2.0], &mut dx, 1.0).is_nan());
    assert!(
        dx[0].is_nan() && dx[1] == f64::INFINITY && dx[2] == 4.0,
        "{dx:?}"
    );
    let mut dx = [0.0; 3];
    squared_reverse(&[1.0, 2.0, 3.0], &mut dx, f64::NAN);
    assert!(dx.iter().all(|d| d.is_nan()), "{dx:?}");
}

#[autodiff_reverse(grows_reverse, Duplicated, Const, Active)]
fn grows(x: &[f64], until: f64) -> f64 {
    let (mut y, mut t, mut n) = (x[0], 0.0, 0usize);
    while t < until {
        let step = 1e-4 * (1.0 + 0.5 * (n % 7) as f64);
        for x in &x[1..] {
            if y > 0.01 {
                y -= step * y * y * x;
            }
        }
        t += step;
        n += 1;
    }
    y * y
}

/// A loop whose length is only known at its end: its cache is reallocated many times.
fn long_loops_are_right() {
    fn whole(x: &[f64]) -> f64 {
        grows(x, 8.0)
    }
    fn derivative(x: &[f64], dx: &mut [f64], seed: f64) -> f64 {
        grows_reverse(x, dx, 8.0, seed)
    }
    reverse(whole, derivative, &values(4));
}

#[autodiff_reverse(nested_growth_reverse, Duplicated, Active)]
fn nested_growth(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let mut n = 0;
    while u[0] < 1e9 && n < 300 {
        let mut i = 0;
        while i < u.len() - 1 && u[i] * u[i] < 1e6 {
            u[i] += 0.001 * u[i + 1] * u[i] + 0.001;
            i += 1;
        }
        n += 1;
    }
    u.iter().map(|u| u.ln()).sum::<f64>()
}

#[autodiff_reverse(unrolled_reverse, Duplicated, Active)]
fn unrolled(x: &[f64]) -> f64 {
    let (mut a, mut b, mut c) = (0.0, 1.0, 0.0);
    for x in x {
        a += x * x;
        b *= x;
        c += x * b;
    }
    a * b + c
}

#[autodiff_reverse(transform_reverse, Duplicated, Active)]
fn transform(x: &[f64]) -> f64 {
    let n = x.len() / 2;
    let mut u = x.to_vec();
    let mut size = 2;
    while size <= n {
        for start in (0..n).step_by(size) {
            for k in 0..size / 2 {
                let angle = -std::f64::consts::TAU * k as f64 / size as f64;
                let (s, c) = angle.sin_cos();
                let (i, j) = (2 * (start + k), 2 * (start + k + size / 2));
                let (re, im) = (u[j] * c - u[j + 1] * s, u[j] * s + u[j + 1] * c);
                (u[j], u[j + 1]) = (u[i] - re, u[i + 1] - im);
                u[i] += re;
                u[i + 1] += im;
            }
        }
        size *= 2;
    }
    u.iter()
        .enumerate()
        .map(|(i, u)| (i + 1) as f64 * u * u)
        .sum()
}

#[autodiff_reverse(closed_reverse, Active, Active, Active)]
fn closed(x: f64, y: f64) -> f64 {
    (x * y).sin() / (1.0 + x * x)
}

fn scalars_are_right() {
    let (x, y) = (0.7_f64, 1.3_f64);
    let (value, dx, dy) = closed_reverse(x, y, 2.0);
    let below = 1.0 + x * x;

    close("the value", value, (x * y).sin() / below);
    close(
        "dx",
        dx,
        2.0 * (y * (x * y).cos() / below - 2.0 * x * (x * y).sin() / (below * below)),
    );
    close("dy", dy, 2.0 * x * (x * y).cos() / below);
}

cases! {
    twenty_functions_of_libm => both(libm, libm_reverse, libm_forward, &[0.4, 1.3]),
    piecewise_functions => reverse(choices, choices_reverse, &values(7)),
    single_precision => single_is_right(),
    floats_and_integers => reverse(mixed, mixed_reverse, &values(6)),
    nan_and_infinity => not_finite_stays(),
    caches_that_grow => long_loops_are_right(),
    nested_caches_that_grow => reverse(nested_growth, nested_growth_reverse, &values(6)),
    reductions => reverse(unrolled, unrolled_reverse, &values(11)),
    fast_fourier_transform => reverse(transform, transform_reverse, &values(32)),
    scalar_arguments => scalars_are_right(),
}
