//! In place in f32.

pub const N: usize = 6;

type F = f32;

pub fn f(x: &[F]) -> F {
    let mut u = x.to_vec();
    for _ in 0..3 {
        for i in 1..u.len() - 1 {
            u[i] += 0.2 * u[i - 1] * (u[i + 1] - u[i]);
        }
        u.reverse();
        u.swap(1, 3);
    }
    u.iter().map(|u| u * u.sin()).sum()
}
