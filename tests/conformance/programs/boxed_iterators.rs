//! Iterators behind `Box<dyn Iterator>` and `impl Iterator`, chosen while the program runs.

pub const N: usize = 6;

fn walk<'a>(x: &'a [f64], back: bool) -> Box<dyn Iterator<Item = f64> + 'a> {
    if back {
        Box::new(x.iter().rev().map(|v| v * v))
    } else {
        Box::new(x.iter().copied().filter(|v| *v > 0.4))
    }
}

fn products<'a>(x: &'a [f64], by: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    x.iter().zip(by).map(|(a, b)| a * b)
}

pub fn f(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for back in [true, false, true] {
        for (i, v) in walk(x, back).enumerate() {
            s = s * 0.5 + v * (i + 1) as f64;
        }
    }
    s + products(&x[..3], &x[3..]).sum::<f64>()
}
