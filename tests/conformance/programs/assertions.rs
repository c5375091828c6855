//! Assertions.

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    assert!(x.len() > 1, "at least two, not {}", x.len());
    let ratio = x[0].checked_over(x[1]).expect("no division by zero");
    ratio * x.iter().sum::<f64>()
}

trait CheckedOver: Sized {
    fn checked_over(self, other: Self) -> Option<Self>;
}

impl CheckedOver for f64 {
    fn checked_over(self, other: Self) -> Option<Self> {
        (other != 0.0).then(|| self / other)
    }
}
