//! Inline assembly.
use autodiff::autodiff_reverse;
use std::arch::asm;

fn doubled(x: f64) -> f64 {
    let mut y = x;
    unsafe { asm!("addsd {0}, {0}", inout(xmm_reg) y) };
    y
}

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    x.iter().map(|x| doubled(*x)).sum()
}

fn main() {
    println!("{:?}", df(&[1.0; 3], &mut [0.0; 3], 1.0));
}
