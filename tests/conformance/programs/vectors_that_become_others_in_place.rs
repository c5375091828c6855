//! Vectors whose memory is used again for elements of another type, as `collect` does.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let scaled: Vec<f64> = x.iter().map(|x| x * 1.5).collect();
    let mut cubes = 0.0;
    let counts: Vec<usize> = scaled
        .into_iter()
        .map(|number| {
            cubes += number * number * number;
            if number > 0.6 { 1 } else { 3 }
        })
        .collect();
    let pairs: Vec<(f64, usize)> = x.iter().enumerate().map(|(i, x)| (x * x, i)).collect();
    let mut products = 0.0;
    let places: Vec<usize> = pairs
        .into_iter()
        .map(|(square, i)| {
            products += square * square * x[i];
            i * 2
        })
        .collect();
    let ends: f64 = places.iter().map(|&k| x[k % x.len()] * k as f64).sum();
    cubes * counts.iter().sum::<usize>() as f64 + products + ends
}
