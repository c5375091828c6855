//! Reverse mode over reverse mode, of a function that leaves its loop at two places.
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    let mut h = x[0] + 3.0;
    for i in 0..x.len() {
        if h < 0.5 {
            return h * x[1];
        }
        h = h.cos() * x[i];
    }
    h
}

fn along(x: &[f64], w: &[f64]) -> f64 {
    let mut gradient = vec![0.0; x.len()];
    df(x, &mut gradient, 1.0);
    gradient.iter().zip(w).map(|(g, w)| g * w).sum()
}

#[autodiff_reverse(second, Duplicated, Const, Active)]
fn along_in_reverse(x: &[f64], w: &[f64]) -> f64 {
    along(x, w)
}

fn main() {
    let mut product = [0.0; 2];
    second(&[0.9, 1.3], &mut product, &[0.3, -0.8], 1.0);
    println!("{product:?}");
}
