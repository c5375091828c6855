//! Counters that are shared: atomic integers, reference counts of `Arc`, and what they say is used.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::Arc;

pub const N: usize = 4;

struct Weighted {
    weight: f64,
    reads: AtomicUsize,
}

impl Weighted {
    #[inline(never)]
    fn read(&self) -> f64 {
        let before = self.reads.fetch_add(1, Ordering::SeqCst);
        self.weight * (before + 1) as f64
    }
}

pub fn f(x: &[f64]) -> f64 {
    let first = Arc::new(Weighted {
        weight: x[0],
        reads: AtomicUsize::new(0),
    });
    let others: Vec<Arc<Weighted>> = x.iter().map(|_| Arc::clone(&first)).collect();
    let seen = AtomicBool::new(false);
    let most = AtomicU8::new(2);
    let mut sum = 0.0;
    for (i, (one, v)) in others.iter().zip(x).enumerate() {
        sum += one.read() * v;
        most.fetch_max(i as u8, Ordering::Relaxed);
        if !seen.swap(true, Ordering::AcqRel) {
            sum *= v;
        }
    }
    drop(others);
    let left = Arc::strong_count(&first) as f64;
    let reads = first.reads.load(Ordering::Relaxed) as f64;
    sum * left + first.weight * reads * most.into_inner() as f64
}
