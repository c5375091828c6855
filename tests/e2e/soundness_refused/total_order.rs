//! `sort_unstable_by(f64::total_cmp)` compares the bits of floats as integers.
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    u.sort_unstable_by(f64::total_cmp);
    u.iter().enumerate().map(|(i, u)| i as f64 * u * u).sum()
}

fn main() {
    let x = [0.5, 0.1, 0.9, 0.3];
    let mut dx = [0.0; 4];
    println!("{:?} {dx:?}", df(&x, &mut dx, 1.0));
    println!("{dx:?}");
}
