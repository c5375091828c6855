//! Walks back to an index that is not known before, which is taken as well; and one that a sum before was compared with.

pub const N: usize = 6;

fn back_to(x: &[f64], start: usize) -> f64 {
    let mut product = 1.0;
    let mut n = x.len();
    while n >= start {
        product = product * x[n - 1].sin() + x[start];
        n -= 1;
    }
    product
}

fn back_after_a_sum(x: &[f64], most: usize, start: usize) -> f64 {
    let mut sum = 1.0;
    for (i, v) in x.iter().enumerate() {
        sum = sum * v + 0.5;
        if i > 1 && most < start {
            break;
        }
    }
    let mut n = x.len();
    while n > start - 1 {
        sum = sum * x[n - 1].cos() + x[start];
        n -= 1;
    }
    sum
}

pub fn f(x: &[f64]) -> f64 {
    let (most, start) = ((4.5 + 0.01 * x[3].abs()) as usize, (2.5 + 0.01 * x[4].abs()) as usize);
    back_to(x, x.len() / 3) + back_after_a_sum(&x[1..], most, start)
}
