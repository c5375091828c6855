//! What a function wrote is overwritten in part, as a boundary's values are, or the place of its result is.

pub const N: usize = 4;

#[inline(never)]
fn right_hand_side(change: &mut [f64; 8], x: f64) {
    for (i, change) in change.iter_mut().enumerate() {
        *change = x * x * i as f64;
    }
}

#[inline(never)]
fn cube(x: f64) -> f64 {
    x * x * x
}

pub fn f(x: &[f64]) -> f64 {
    let k = x.len() & 3;
    let mut change = [0.0; 8];
    right_hand_side(&mut change, x[0]);
    change[k + 4] = 1.0;
    let mut cubes = [1.0, 2.0, 3.0, 4.0];
    cubes[k] = cube(x[1]);
    cubes[k & 1] = 7.0;
    change[4] + change[5] + cubes[3] + 3.0 * cubes[0] + cubes[1]
}
