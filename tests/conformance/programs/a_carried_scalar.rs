//! A carried scalar.

pub const N: usize = 5;

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let mut carry = 1.0;
    for u in &mut u {
        carry = 0.5 * carry * *u + carry.sin();
        *u += carry * *u;
    }
    carry * sum_of_squares(&u)
}
