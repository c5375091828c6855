//! Text on the way.

pub const N: usize = 4;

trait CheckedOver: Sized {
    fn checked_over(self, other: Self) -> Option<Self>;
}

impl CheckedOver for f64 {
    fn checked_over(self, other: Self) -> Option<Self> {
        (other != 0.0).then(|| self / other)
    }
}

pub fn f(x: &[f64]) -> f64 {
    let text = format!("{} elements", x.len());
    x.iter().product::<f64>() * text.len() as f64
}
