//! A slice that is a parameter that counts, or lies in one that does not.
use autodiff::autodiff_reverse;

struct Layer {
    weights: Option<Vec<f64>>,
}

#[autodiff_reverse(df, Const, Duplicated, Active)]
fn f(layer: &Layer, x: &[f64]) -> f64 {
    let from = match &layer.weights {
        Some(weights) => weights,
        None => x,
    };
    from.iter().zip(x).map(|(a, b)| a * a * b).sum()
}

fn main() {
    let layer = Layer { weights: std::env::args().nth(1).map(|_| vec![3.0; 2]) };
    let mut shadow = [0.0; 2];
    println!("{}", df(&layer, &[1.0, 2.0], &mut shadow, 1.0));
}
