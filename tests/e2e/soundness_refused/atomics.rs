//! An atomic counter.
use autodiff::autodiff_reverse;
use std::sync::atomic::{AtomicUsize, Ordering};

static CALLS: AtomicUsize = AtomicUsize::new(0);

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    CALLS.fetch_add(1, Ordering::Relaxed);
    x.iter().product()
}

fn main() {
    println!("{:?}", df(&[1.0; 3], &mut [0.0; 3], 1.0));
}
