//! Cold paths: text, panics, and what is left after them.

use crate::check::{both, reverse, values};
use autodiff::{autodiff_forward, autodiff_reverse};

pub const OUT_OF_BOUNDS: &str = "out-of-bounds";

#[autodiff_forward(prints_forward, Dual, Dual)]
#[autodiff_reverse(prints_reverse, Duplicated, Active)]
fn prints(x: &[f64]) -> f64 {
    let mut s = 1.0;
    for x in x {
        if *x > 1e6 {
            println!("large: {x}, after {s}");
        }
        s = s * x + x.sin();
    }
    s
}

#[autodiff_reverse(picked_reverse, Duplicated, Const, Active)]
fn picked(x: &[f64], n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        s += x[i] * x[i];
    }
    s
}

/// Must not return: not even a gradient may be read from behind a slice.
pub fn out_of_bounds() {
    let mut shadow = [0.0; 3];
    let value = picked_reverse(&[1.0, 2.0, 3.0], &mut shadow, std::hint::black_box(40), 1.0);
    println!("survived with {value} and {shadow:?}");
}

#[cfg(panic = "unwind")]
fn bounds_are_checked() {
    let message = *std::panic::catch_unwind(out_of_bounds)
        .unwrap_err()
        .downcast::<String>()
        .unwrap();
    assert_eq!(
        message,
        "index out of bounds: the len is 3 but the index is 3"
    );
}

/// With panic = "abort" the whole process ends: whoever started it looks (tests/e2e/test_soundness.py).
#[cfg(not(panic = "unwind"))]
fn bounds_are_checked() {}

#[autodiff_reverse(checked_reverse, Duplicated, Active)]
fn checked(x: &[f64]) -> f64 {
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

#[autodiff_reverse(formats_reverse, Duplicated, Active)]
fn formats(x: &[f64]) -> f64 {
    let text = format!("{} elements", x.len());
    x.iter().product::<f64>() * text.len() as f64
}

struct Guard<'a>(&'a mut f64);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        *self.0 *= 2.0;
    }
}

#[autodiff_reverse(dropped_reverse, Duplicated, Active)]
fn dropped(x: &[f64]) -> f64 {
    let mut s = x[0];
    for x in x {
        let guard = Guard(&mut s);
        *guard.0 += x * x;
        if *x > 0.8 {
            continue;
        }
        *guard.0 *= x;
    }
    s
}

cases! {
    println_in_a_cold_branch => both(prints, prints_reverse, prints_forward, &values(4)),
    index_out_of_bounds => bounds_are_checked(),
    index_in_bounds => {
        let mut shadow = [0.0; 3];
        assert_eq!(picked_reverse(&[1.0, 2.0, 3.0], &mut shadow, 2, 1.0), 5.0);
        assert_eq!(shadow, [2.0, 4.0, 0.0]);
    },
    assertions => reverse(checked, checked_reverse, &values(4)),
    text_on_the_way => reverse(formats, formats_reverse, &values(4)),
    destructors => reverse(dropped, dropped_reverse, &values(5)),
}
