//! What may stand between the parentheses. The functions themselves stay callable.
use autodiff::{autodiff_forward, autodiff_reverse};

#[autodiff_reverse]
fn no_list(x: f64) -> f64 {
    x
}

#[autodiff_reverse()]
fn empty_list(x: f64) -> f64 {
    x
}

#[autodiff_reverse(module::name, Active, Active)]
fn path(x: f64) -> f64 {
    x
}

#[autodiff_reverse(1.5, Active, Active)]
fn literal(x: f64) -> f64 {
    x
}

#[autodiff_reverse(fn, Active, Active)]
fn keyword(x: f64) -> f64 {
    x
}

#[autodiff_reverse(d_unknown, Reverse, Activ, Active)]
fn unknown(x: f64) -> f64 {
    x
}

#[autodiff_reverse(d_not_a_word, Active, "Active")]
fn not_a_word(x: f64) -> f64 {
    x
}

#[autodiff_forward(d_zero, 0, Dual, Dual)]
fn zero(x: f64) -> f64 {
    x
}

#[autodiff_forward(d_large, 4294967296, Dual, Dual)]
fn large(x: f64) -> f64 {
    x
}

#[autodiff_forward(d_many, 5000, Dual, Dual)]
fn many(x: f64) -> f64 {
    x
}

#[autodiff_reverse(d_no_comma Active, Active)]
fn no_comma(x: f64) -> f64 {
    x
}

fn main() {
    let x = no_list(empty_list(path(literal(keyword(unknown(not_a_word(zero(1.0))))))));
    let _ = large(many(no_comma(x)));
}
