//! A float whose bits an atomic integer keeps.
use autodiff::autodiff_reverse;
use std::sync::atomic::{AtomicU64, Ordering};

static LAST: AtomicU64 = AtomicU64::new(0);

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    let before = LAST.swap(x[0].to_bits(), Ordering::Relaxed);
    x.iter().product::<f64>() * f64::from_bits(before)
}

fn main() {
    println!("{:?}", df(&[1.0; 3], &mut [0.0; 3], 1.0));
}
