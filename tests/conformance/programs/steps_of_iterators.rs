//! Iterators that step, skip, take, go backwards and look ahead.

pub const N: usize = 9;

pub fn f(x: &[f64]) -> f64 {
    let stepped: f64 = x.iter().step_by(3).map(|v| v * v).sum();
    let skipped: f64 = x
        .iter()
        .skip_while(|v| **v < 0.0)
        .skip(1)
        .take(4)
        .fold(1.0, |s, v| s * 0.5 + v);
    let taken: f64 = x
        .iter()
        .take_while(|v| **v < 10.0)
        .map_while(|v| (*v > -1.0).then_some(v * 2.0))
        .product();
    let cycled: f64 = x
        .iter()
        .cycle()
        .skip(4)
        .take(12)
        .zip(1..)
        .map(|(v, i)| v / f64::from(i))
        .sum();
    let inspected: f64 = x
        .chunks(4)
        .map(|part| part.iter().sum::<f64>())
        .map(|v| v * v)
        .sum();
    let last = x
        .iter()
        .rev()
        .step_by(2)
        .last()
        .copied()
        .unwrap_or_default();
    let nth = x.iter().nth(5).map_or(0.0, |v| v.cos());
    stepped + skipped + taken * cycled + inspected * last * nth
}
