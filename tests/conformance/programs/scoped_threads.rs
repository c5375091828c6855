//! Scoped threads.

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let (left, right) = x.split_at(x.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| left.iter().map(|x| x * x).sum::<f64>());
        right.iter().product::<f64>() * other.join().unwrap_or(0.0)
    })
}
