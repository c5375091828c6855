//! Words of a vector that are a float at one time and an integer at another.
pub const N: usize = 4;
enum V {
    F(f64),
    I(i64),
}
pub fn f(x: &[f64]) -> f64 {
    let mut v: Vec<V> = Vec::with_capacity(x.len());
    for i in 0..x.len() {
        v.push(V::I(-1 - i as i64));
    }
    let mut s = 0.0;
    for round in 0..3 {
        for i in 0..x.len() {
            v[i] = V::F(x[i] * (round as f64 + 1.0));
        }
        for i in 0..x.len() {
            if let V::F(u) = v[i] {
                s += u * u;
            }
        }
        for i in 0..x.len() {
            v[(i * 3 + round) % 4] = V::I(-1 - i as i64);
        }
        for i in 0..x.len() {
            if let V::I(n) = v[i] {
                s += n as f64 * x[i];
            }
        }
    }
    s
}
