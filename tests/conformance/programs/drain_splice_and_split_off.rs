//! Drain splice and split off.

pub const N: usize = 8;

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let middle = u.drain(2..5).map(|v| v * v).sum::<f64>();
    u.splice(1..2, [middle, 0.5 * middle]);
    let mut tail = u.split_off(3);
    tail.append(&mut u);
    tail.iter()
        .enumerate()
        .map(|(i, v)| (i + 1) as f64 * v.sin())
        .sum()
}
