//! A value behind a `Mutex` and one behind a `RwLock`, which one thread alone locks.

use std::sync::{Mutex, RwLock};

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let sum = Mutex::new(0.0);
    let all = RwLock::new(x.to_vec());
    for i in 0..x.len() {
        *sum.lock().unwrap() += all.read().unwrap()[i] * x[0];
        all.write().unwrap()[i] *= 2.0;
    }
    sum.into_inner().unwrap() * all.into_inner().unwrap().iter().sum::<f64>()
}
