//! A grid on the stack.

pub const N: usize = 16;

fn sum_of_squares(u: &[f64]) -> f64 {
    u.iter().map(|u| u * u).sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = [[0.0; 4]; 4];
    for (i, x) in x.iter().enumerate() {
        u[i / 4][i % 4] = *x;
    }
    for _ in 0..2 {
        for i in 1..3 {
            for j in 1..3 {
                u[i][j] *= 0.3 * (u[i - 1][j] + u[i + 1][j] + u[i][j - 1] * u[i][j + 1]);
            }
        }
    }
    u.iter().map(|row| sum_of_squares(row)).sum()
}
