//! A function pointer of the caller's that takes a truth value.
use autodiff::autodiff_reverse;

struct Layer {
    step: fn(f64, bool) -> f64,
    weight: f64,
}

fn squared(x: f64, again: bool) -> f64 {
    if again { x * x } else { x }
}

#[autodiff_reverse(df, Duplicated, Active)]
fn f(layer: &Layer) -> f64 {
    (layer.step)(layer.weight, layer.weight > 1.0)
}

fn main() {
    let step = std::hint::black_box(squared);
    println!("{:?}", df(&Layer { step, weight: 2.0 }, &mut Layer { step, weight: 0.0 }, 1.0));
}
