//! Quick select by hand.

pub const N: usize = 7;

fn select(u: &mut [f64], k: usize) -> f64 {
    if u.len() == 1 {
        return u[0];
    }
    let pivot = u[u.len() / 2];
    let mut at = 0;
    let last = u.len() - 1;
    u.swap(u.len() / 2, last);
    for i in 0..last {
        if u[i] < pivot {
            u.swap(i, at);
            at += 1;
        }
    }
    u.swap(at, last);
    match k {
        k if k == at => u[at],
        k if k < at => select(&mut u[..at], k),
        k => select(&mut u[at + 1..], k - at - 1),
    }
}

pub fn f(x: &[f64]) -> f64 {
    let mut u = x.iter().map(|x| x * x).collect::<Vec<_>>();
    select(&mut u, 2) * select(&mut u.clone(), 4) + u[0]
}
