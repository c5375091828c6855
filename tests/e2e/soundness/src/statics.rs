//! Statics that are read, and ones that change.

use crate::check::{both, reverse, values};
use autodiff::{autodiff_forward, autodiff_reverse};

static WEIGHTS: [f64; 4] = [0.5, -1.0, 2.0, 0.25];
static NAMES: [&str; 3] = ["one", "three", "sixteen"];

#[autodiff_forward(reads_forward, Dual, Dual)]
#[autodiff_reverse(reads_reverse, Duplicated, Active)]
fn reads(x: &[f64]) -> f64 {
    x.iter()
        .enumerate()
        .map(|(i, x)| WEIGHTS[i % 4] * x * x * NAMES[i % 3].len() as f64)
        .sum()
}

static mut SCALE: f64 = 1.0;

#[autodiff_reverse(scales_reverse, Duplicated, Active)]
fn scales(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>() * unsafe { SCALE }
}

cases! {
    constant_tables => both(reads, reads_reverse, reads_forward, &values(6)),
    a_static_that_is_read => {
        unsafe { SCALE = 3.0 };
        reverse(scales, scales_reverse, &values(3));
    },
}
