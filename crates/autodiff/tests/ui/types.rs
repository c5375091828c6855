//! Types are known to the compiler only: aliases are seen through, integers refused.
use autodiff::{autodiff_forward, autodiff_reverse};

type Alias = i32;

#[autodiff_reverse(d_integer, Active, Active)]
fn integer(x: i32) -> f64 {
    x as f64
}

#[autodiff_reverse(d_alias, Active, Active)]
fn alias(x: Alias) -> f64 {
    x as f64
}

#[autodiff_forward(d_result, Dual, Dual)]
fn result(x: f64) -> usize {
    x as usize
}

#[autodiff_reverse(d_associated, Active, Active)]
fn twice(x: f64) -> f64 {
    x
}

#[autodiff_reverse(d_associated, Active, Active)]
fn again(x: f64) -> f64 {
    x
}

fn main() {}
