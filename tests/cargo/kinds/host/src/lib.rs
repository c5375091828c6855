//! The highest library; program, example, bench and tests of this package print with it.

use autodiff::autodiff_reverse;

#[autodiff_reverse(dmixed, Duplicated, Active)]
pub fn mixed(x: &[f64]) -> f64 {
    macros::three!() * x[0] * x[1] + middle::cubes(&[x[0], x[1]])
}

/// An integer overflows in it when `n` is the greatest.
#[autodiff_reverse(dscaled, Active, Const, Active)]
pub fn scaled(x: f64, n: u8) -> f64 {
    x * f64::from(n + 1)
}

/// One line of derivatives of all three crates.
pub fn line() -> String {
    let (mut gradient, mut cubes) = ([0.0; 2], [0.0; 3]);
    let value = dmixed(&[1.0, 2.0], &mut gradient, 1.0);
    middle::dcubes(&[1.0, 2.0, 3.0], &mut cubes, 1.0);
    let slope = middle::slope(4.0_f32, 1.0);
    format!(
        "{value} {gradient:?} {cubes:?} {slope} {:?}",
        middle::doubles(&[0.5])
    )
}
