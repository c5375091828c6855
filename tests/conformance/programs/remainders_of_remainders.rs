//! Euclid's algorithm for polynomials: each division goes on while what is left is not shorter than the divisor.

pub const N: usize = 5;

fn rest(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut rest = a.to_vec();
    while rest.len() >= b.len() {
        let factor = rest[rest.len() - 1];
        for (i, c) in b.iter().enumerate() {
            rest[i] -= factor * c;
        }
        rest.pop();
    }
    rest
}

pub fn f(x: &[f64]) -> f64 {
    let (mut p, mut q) = (x[..3].to_vec(), x.to_vec());
    while q.len() > 1 {
        let r = rest(&p, &q);
        p = q;
        q = r;
    }
    p[0] *= p[0];
    p.iter().sum()
}
