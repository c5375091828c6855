//! A number that is used, and compared with in two loops, one after the other.

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let mut carried: f64 = x.iter().map(|_| x[3 % x.len()]).sum();
    let (p, q) = (carried, x[x.len() - 1].atan2(1.5 + x[0].cos()));
    let mut next = |v: f64| {
        carried = 0.5 * carried + 0.2 * v;
        (v * carried).copysign(carried / (1.0 + v * v))
    };
    let product = next(p) * next(q);
    let sum: f64 = x
        .iter()
        .chain(x.iter())
        .map(|_| {
            let last = x[x.len() - 1 - 4 % x.len()];
            last.atan().sinh().tanh() - x[x.len() - 1 - (1 + 3) % x.len()].min(product)
        })
        .sum();
    0.5 * product + 0.5 * sum
}
