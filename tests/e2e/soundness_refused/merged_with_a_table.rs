//! A slice that is a parameter that counts, or a table that does not.
use autodiff::autodiff_forward;

static TABLE: [f64; 2] = [3.0, 4.0];

#[autodiff_forward(df, Dual, Const, Dual)]
fn f(x: &[f64], choice: usize) -> f64 {
    let from = if choice == 0 { &TABLE } else { x };
    (0..2).map(|i| from[i] * from[i] * x[i]).sum()
}

fn main() {
    println!("{:?}", df(&[1.0, 2.0], &[1.0, 0.0], std::env::args().count()));
}
