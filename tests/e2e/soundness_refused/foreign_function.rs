//! Forward mode through a function pointer that the caller gives.
use autodiff::autodiff_forward;

struct Layer {
    step: fn(f64) -> f64,
    weight: f64,
}

fn cube(x: f64) -> f64 {
    x * x * x
}

#[autodiff_forward(df, Dual, Dual)]
fn f(layer: &Layer) -> f64 {
    (layer.step)(layer.weight) * layer.weight
}

fn main() {
    let step = std::hint::black_box(cube);
    println!("{:?}", df(&Layer { step, weight: 2.0 }, &Layer { step, weight: 1.0 }));
}
