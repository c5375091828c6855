//! Vectors that are drained, cut, joined, cleared and shortened.

pub const N: usize = 8;

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let middle = u.drain(2..5).map(|v| v * v).sum::<f64>();
    let mut tail = u.split_off(3);
    tail.append(&mut u);
    tail.truncate(4);
    tail.insert(1, middle);
    u.extend(tail.drain(..2));
    u.resize(4, 0.5 * middle);
    let removed = u.swap_remove(0);
    tail.iter()
        .chain(&u)
        .enumerate()
        .map(|(i, v)| (i + 1) as f64 * v.sin())
        .sum::<f64>()
        * removed
}
