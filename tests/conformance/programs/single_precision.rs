//! Single precision.

pub const N: usize = 4;

type F = f32;

pub fn f(x: &[F]) -> F {
    let mut u = x.to_vec();
    for i in 0..u.len() - 1 {
        u[i] += 0.3 * u[i + 1] * u[i];
    }
    u.iter().map(|u| u * u).sum()
}
