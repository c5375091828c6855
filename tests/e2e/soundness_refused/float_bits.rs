//! A number's bits are computed with: its mantissa.
use autodiff::autodiff_reverse;

fn mantissa(x: f64) -> f64 {
    f64::from_bits((x.to_bits() & !(0x7ff << 52)) | (1022 << 52))
}

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    x.iter().map(|v| mantissa(*v)).product()
}

fn main() {
    println!("{}", df(&[1.5, 2.5, 3.5], &mut [0.0; 3], 1.0));
}
