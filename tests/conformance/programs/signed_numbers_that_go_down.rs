//! Loops down to a bound that may be negative: the band of a matrix, a series of negative powers.

pub const N: usize = 7;

fn series(x: f64, from: i32, to: i32) -> f64 {
    let mut sum = 0.0;
    let mut k = from;
    while k >= to {
        sum = sum * x + 1.0 / (f64::from(k) + 7.5);
        k -= 1;
    }
    sum
}

pub fn f(x: &[f64]) -> f64 {
    let width = (x.len() / 3) as isize;
    let mut total = 0.0;
    for i in 0..x.len() as isize {
        let mut state: f64 = 0.3;
        let mut j = i;
        while j >= i - width {
            if j >= 0 {
                state = state * 0.9 + x[j as usize] * state.sin();
            }
            j -= 1;
        }
        total += state;
    }
    total + series(x[0], 3, -4) * series(x[1], 2, 1 - width as i32)
}
