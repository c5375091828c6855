//! What nightly's own attributes crash on (rust-lang/rust 150326 to 150331, 160329) are ordinary errors.
use autodiff::{autodiff_forward, autodiff_reverse};

#[autodiff_reverse(d_uncounted)]
fn uncounted() -> f64 {
    1.0
}

#[autodiff_forward(::d_path)]
fn path() {}

#[autodiff_reverse(2.0)]
fn float() {}

#[autodiff_reverse(1, Active, Active)]
fn integer(x: f32) -> f32 {
    x
}

#[autodiff_reverse(d_literal, Active, Active)]
fn literal(3.0: f32) -> f32 {
    1.0
}

#[autodiff_reverse(d_body, Active, Active)]
fn without_body(x: f32) -> f32;

#[autodiff_forward(d_struct, Dual)]
fn type_that_is_none(_x: struct S<B, T>) {}

fn main() {}
