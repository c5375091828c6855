//! Return in a called loop.

pub const N: usize = 5;

#[inline(never)]
fn first_above(u: &mut [f64], limit: f64) -> f64 {
    for i in 0..u.len() - 1 {
        if u[i + 1] < 0.2 {
            continue;
        }
        u[i + 1] += u[i] * u[i + 1];
        if u[i + 1] > limit {
            return u[i + 1] * limit;
        }
    }
    u[0]
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let mut s = 0.0;
    for limit in x {
        s += first_above(&mut u, 1.0 + limit);
    }
    s + u[1] * u[2]
}
