//! Vectors that are taken out of a pool if there is one, and given back under a condition.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let mut pool: Vec<Vec<f64>> = Vec::new();
    let mut sum = 0.2;
    for number in x {
        let mut buffer = pool.pop().unwrap_or_default();
        buffer.push(number * number);
        sum += buffer[buffer.len() - 1];
        if *number > 0.4 {
            pool.push(buffer);
        }
    }
    sum
}
