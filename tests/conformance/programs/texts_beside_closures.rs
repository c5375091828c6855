//! Closures in a vector beside texts that std's formatting writes: it calls what a table of functions says, too.
pub const N: usize = 6;
pub fn f(x: &[f64]) -> f64 {
    let by = 0.34;
    let all: Vec<Box<dyn Fn(f64) -> f64>> = vec![
        Box::new(move |v| v),
        Box::new(|v| v.sin()),
        Box::new(move |v| v * by),
    ];
    let mut sum: f64 = x.iter().enumerate().map(|(i, v)| all[i % 3](*v)).sum();
    for (i, v) in x.iter().enumerate() {
        let text = format!("{i:4} of {}", x.len());
        sum += text.len() as f64 * v;
    }
    sum
}
