//! Number of activities, then modes and types of inputs, then the result.
use autodiff::{autodiff_forward, autodiff_reverse};

#[autodiff_reverse(d_none)]
fn none() -> f64 {
    1.0
}

#[autodiff_reverse(d_few, Active)]
fn few(x: f64, y: f64) -> f64 {
    x * y
}

#[autodiff_reverse(d_unit, Active, Const)]
fn unit(x: f64) {
    let _ = x;
}

struct Model(f64);

impl Model {
    #[autodiff_reverse(d_method, Active, Active)]
    fn method(&self, x: f64) -> f64 {
        self.0 * x
    }
}

#[autodiff_forward(d_forward, Active, Duplicated, Dual)]
fn forward(x: f64, y: &f64) -> f64 {
    x * y
}

#[autodiff_reverse(d_reverse, Dual, Dualv, DualOnly, ActiveOnly, Active)]
fn reverse(x: f64, y: &[f64], z: &f64, w: f64) -> f64 {
    x * y[0] * z * w
}

type Slice<'a> = &'a [f64];

#[autodiff_reverse(d_types, Duplicated, DuplicatedOnly, Active, Active)]
fn types(x: f64, y: Slice<'_>, z: &[f64]) -> f64 {
    x * y[0] * z[0]
}

#[autodiff_forward(d_vectors, 2, Dualv, Dualv, Dualv, Const)]
fn vectors(x: f64, y: &[f64; 2], z: &[f64]) -> f64 {
    x * y[0] * z[0]
}

#[autodiff_forward(d_both, Duplicated, Dual)]
fn both(x: f64) -> f64 {
    x
}

#[autodiff_forward(d_forward_result, Dual, Active)]
fn forward_result(x: f64) -> f64 {
    x
}

#[autodiff_reverse(d_reverse_result, Active, Dual)]
fn reverse_result(x: f64) -> f64 {
    x
}

#[autodiff_reverse(d_duplicated_result, Active, Duplicated)]
fn duplicated_result(x: f64) -> f64 {
    x
}

#[autodiff_reverse(d_batch, 2, Active, Active)]
fn batch(x: f64) -> f64 {
    x
}

#[autodiff_forward(d_dualv_result, 2, Dual, Dualv)]
fn dualv_result(x: f64) -> f64 {
    x
}

fn main() {
    // An unfit activity of the result leaves the signature standing.
    let _: (f64, f64) = d_forward_result(1.0, 1.0);
    let _: (f64, f64) = d_reverse_result(1.0, 1.0);
}
