//! A sum before the loop.

pub const N: usize = 4;

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let mut square = sum_of_squares(&u);
    let mut sum = 0.0;
    for _ in 0..2 {
        for u in &mut u {
            *u *= 0.7;
        }
        let next = sum_of_squares(&u);
        sum += next * square;
        square = next;
    }
    sum
}
