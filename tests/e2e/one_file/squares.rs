use autodiff::autodiff_reverse;

#[autodiff_reverse(dsquares, Duplicated, Active)]
fn squares(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

fn main() {
    let mut gradient = [0.0; 3];
    let value = dsquares(&[1.0, 2.0, 3.0], &mut gradient, 1.0);
    println!("{value} {gradient:?}{}", if cfg!(marked) { " marked" } else { "" });
}
