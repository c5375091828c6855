//! Closures behind pointers that return a float beside an integer, or perhaps none.

pub const N: usize = 4;

pub fn f(x: &[f64]) -> f64 {
    let a = x[0];
    let options: Vec<Box<dyn Fn(f64) -> Option<f64>>> = vec![
        Box::new(move |v| (v > 0.6).then_some(v * a)),
        Box::new(|v| Some(v.sin())),
        Box::new(|v| if v > 0.3 { Some(0.75) } else { None }),
    ];
    let pairs: [&dyn Fn(f64, u16) -> (f64, usize); 2] = [&|v, n| (v * a, n as usize), &|v, _| {
        (0.5, if v > 0.5 { 3 } else { 1 })
    }];
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        sum += options[i % 3](*v).unwrap_or(v * v);
        let (value, count) = pairs[i % 2](*v, i as u16);
        sum += value * count as f64 * v;
    }
    sum
}
