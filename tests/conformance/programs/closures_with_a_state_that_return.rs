//! Closures with a state of their own that return what they keep.

pub const N: usize = 5;

struct Filter<'a> {
    steps: Vec<Box<dyn FnMut(f64) -> f64 + 'a>>,
}

pub fn f(x: &[f64]) -> f64 {
    let mut seen = 0.0;
    let mut mean = x[0];
    let mut count = 0u32;
    let mut filter = Filter { steps: Vec::new() };
    filter.steps.push(Box::new(|v| {
        seen = 0.5 * seen + v;
        seen
    }));
    filter.steps.push(Box::new(|v| {
        count += 1;
        mean += (v - mean) / count as f64;
        mean * v
    }));
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        for step in &mut filter.steps {
            sum += step(*v) * (i + 1) as f64;
        }
    }
    drop(filter);
    sum * seen + mean
}
