//! Boxes.

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let all: Box<[f64]> = x.iter().map(|x| x + 1.0).collect();
    let one = Box::new(all[0] * all[1]);
    *one * all.iter().product::<f64>()
}
