//! A function pointer of the caller's that returns a float and an integer together.
use autodiff::autodiff_reverse;

struct Layer {
    step: fn(f64) -> (f64, usize),
    weight: f64,
}

fn doubled(x: f64) -> (f64, usize) {
    (x * x, 2)
}

#[autodiff_reverse(df, Duplicated, Active)]
fn f(layer: &Layer) -> f64 {
    let (value, count) = (layer.step)(layer.weight);
    value * count as f64
}

fn main() {
    let step = std::hint::black_box(doubled);
    println!("{:?}", df(&Layer { step, weight: 2.0 }, &mut Layer { step, weight: 0.0 }, 1.0));
}
