//! A function fills an array, of which a copy is made, changed and read.

pub const N: usize = 5;

#[inline(never)]
fn fill(numbers: &mut [f64; 8], x: f64) {
    for (i, number) in numbers.iter_mut().enumerate() {
        *number = x * x * i as f64;
    }
}

pub fn f(x: &[f64]) -> f64 {
    let mut numbers = [0.0; 8];
    fill(&mut numbers, x[0]);
    let mut copy = numbers;
    copy[x.len() & 7] = 1.0;
    copy[4] * copy[2] + numbers[4]
}
