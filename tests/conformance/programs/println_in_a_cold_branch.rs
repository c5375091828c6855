//! Println in a cold branch.

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let mut s = 1.0;
    for x in x {
        if *x > 1e6 {
            println!("large: {x}, after {s}");
        }
        s = s * x + x.sin();
    }
    s
}

trait CheckedOver: Sized {
    fn checked_over(self, other: Self) -> Option<Self>;
}

impl CheckedOver for f64 {
    fn checked_over(self, other: Self) -> Option<Self> {
        (other != 0.0).then(|| self / other)
    }
}
