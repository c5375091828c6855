//! Results that count for nothing.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let b = x[0];
    let all: Vec<Box<dyn Fn(f64) -> f64>> = vec![
        Box::new(|v| v),
        Box::new(|v| v.sin()),
        Box::new(move |v| v * b),
    ];
    let unused: f64 = x.iter().enumerate().map(|(i, v)| all[i % 3](*v)).sum();
    let large = x.iter().filter(|v| all[2](**v) > 0.5).count();
    x[0] * x[0] * large as f64 + all[2](x[1]) + if unused > 1e9 { 1.0 } else { 0.0 }
}
