//! Two loops, one inside of the other, over the same vector, which changes later.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let mut numbers: Vec<f64> = x.iter().map(|x| x * 1.3).collect();
    let mut state: f64 = 0.4;
    for a in &numbers {
        for b in &numbers {
            state = (state + b * a * b.sin()).sin();
        }
    }
    for number in &mut numbers {
        *number *= *number;
    }
    numbers
        .iter()
        .fold(state, |state, number| (state * number + 0.2).cos())
}
