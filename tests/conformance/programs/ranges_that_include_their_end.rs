//! Ranges that include their end: of a triangle, backwards, up to the last number of a type, and left early.

pub const N: usize = 6;

fn triangle(x: &[f64], u: &mut [f64]) {
    for i in 0..=5 {
        for j in 0..=i {
            u[i] += 0.1 * (x[i] * u[j] - x[j] * u[i]);
        }
    }
}

fn backwards(x: &[f64], end: usize) -> f64 {
    let mut carry = 1.0;
    for i in (1..=end).rev() {
        carry = 0.5 * carry * x[i] - x[i - 1] * carry.cos();
    }
    carry
}

fn last_of_its_type(x: &[f64]) -> f64 {
    let mut sum = 1.0;
    for i in 251..=u8::MAX {
        sum = 0.5 * sum * x[usize::from(i - 250)] + 0.5;
    }
    for i in (-2..=3).filter(|i| i % 2 != 0) {
        sum += f64::from(i) * x[(i + 2) as usize] * sum.sin();
    }
    sum
}

fn left_early(x: &[f64], end: usize) -> f64 {
    let mut product = 1.0;
    for (i, u) in (1..=end).zip(x) {
        for j in i..=end {
            product *= 1.0 + 0.1 * x[j % 6] * u;
            if product > 1.5 {
                return product;
            }
        }
    }
    product
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = [0.5; 6];
    triangle(x, &mut u);
    backwards(&u, x.len() - 1) * last_of_its_type(x) + left_early(&u, x.len() + 2)
}
