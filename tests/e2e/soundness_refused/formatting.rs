//! Text made on the way.
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    let text = format!("{:?}", x.len());
    x.iter().product::<f64>() * text.len() as f64
}

fn main() {
    println!("{:?}", df(&[1.0; 4], &mut [0.0; 4], 1.0));
}
