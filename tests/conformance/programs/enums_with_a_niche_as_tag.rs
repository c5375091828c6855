//! Enums whose tag is a niche of one of their variants.
pub const N: usize = 6;
enum Shape {
    Named(String, f64),
    Round(f64),
    Square(f64, f64),
    Empty,
}
#[inline(never)]
fn make(i: usize, x: f64) -> Shape {
    match i % 4 {
        0 => Shape::Named("shape".to_string(), x * x),
        1 => Shape::Round(x.sin()),
        2 => Shape::Square(x, x * 0.5),
        _ => Shape::Empty,
    }
}
fn area(s: &Shape) -> f64 {
    match s {
        Shape::Named(t, v) => v * t.len() as f64,
        Shape::Round(r) => r * r,
        Shape::Square(a, b) => a * b,
        Shape::Empty => 1.0,
    }
}
pub fn f(x: &[f64]) -> f64 {
    let mut all = Vec::new();
    for (i, x) in x.iter().enumerate() {
        all.push(make(i, *x));
    }
    all.swap(1, 2);
    if let Some(Shape::Square(a, _)) = all.get_mut(1) {
        *a *= x[0];
    }
    all.iter()
        .enumerate()
        .map(|(i, s)| area(s) * (i + 1) as f64)
        .sum()
}
