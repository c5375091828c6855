//! A vector of pairs that two loops read, before another changes it.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let mut pairs: Vec<(f64, f64)> = x.iter().map(|x| (x * 1.3, x.sin())).collect();
    let mut state = 0.4;
    for (a, _) in &pairs {
        state = (state * a + 0.1f64).sin();
    }
    for (a, _) in &pairs {
        state = (state * a + 0.2).cos();
    }
    for (a, b) in &mut pairs {
        *a = *a * *b;
    }
    pairs
        .iter()
        .fold(state, |state, (a, b)| (state * a + b).sin())
}
