//! Boxed closures.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let a = x[0];
    let all: Vec<Box<dyn Fn(f64) -> f64>> = vec![
        Box::new(move |v| v * a),
        Box::new(|v| v.sin()),
        Box::new(move |v| v * v + a * a),
    ];
    x.iter().enumerate().map(|(i, x)| all[i % 3](*x)).sum()
}
