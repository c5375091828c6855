//! A loop that reads a vector as far as it goes, and runs far beyond; the vector changes later.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let mut numbers: Vec<f64> = x.iter().map(|x| x * 1.3).collect();
    let mut state = 0.4;
    for i in 0..3_000_000 {
        if i < numbers.len() {
            state = (state * numbers[i] + 0.1f64).sin();
        } else if i % 1_000_000 == 7 {
            state *= 0.9;
        }
    }
    for number in &mut numbers {
        *number *= *number;
    }
    numbers
        .iter()
        .fold(state, |state, number| (state * number + 0.2).cos())
}
