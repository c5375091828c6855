//! Drops in order.

use std::cell::RefCell;

pub const N: usize = 4;

struct Scaled<'a> {
    log: &'a RefCell<Vec<f64>>,
    value: f64,
}

impl Drop for Scaled<'_> {
    fn drop(&mut self) {
        self.log.borrow_mut().push(self.value * self.value);
    }
}

pub fn f(x: &[f64]) -> f64 {
    let log = RefCell::new(Vec::new());
    {
        let _all = x
            .iter()
            .map(|x| Scaled {
                log: &log,
                value: *x,
            })
            .collect::<Vec<_>>();
        let _one = Scaled {
            log: &log,
            value: x[0] * x[1],
        };
    }
    let log = log.into_inner();
    log.iter()
        .enumerate()
        .map(|(i, v)| (i + 1) as f64 * v)
        .sum()
}
