//! A slice that is sorted down and up again and again, a number of times that may be none.

pub const N: usize = 3;

#[inline(never)]
fn turn(numbers: &mut [f64]) {
    for n in 3..6 {
        for _ in 1..=n % 4 {
            numbers.sort_unstable_by(|a, b| b.partial_cmp(a).unwrap());
            numbers.sort_by(|a, b| a.partial_cmp(b).unwrap());
            for (i, number) in numbers.iter_mut().take(4).enumerate() {
                *number = 0.7 * *number + 0.3 * (*number * (i + 1) as f64 * 0.1).sin();
            }
        }
    }
}

pub fn f(x: &[f64]) -> f64 {
    let mut numbers = vec![x[0] * x[2] * 1.2 + 0.1 * x[1]; 5];
    turn(&mut numbers);
    numbers
        .iter()
        .enumerate()
        .map(|(i, number)| (1 + i) as f64 * (0.3 * number).sin())
        .sum()
}
