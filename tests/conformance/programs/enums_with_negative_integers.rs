//! Enums whose floats are computed with beside integers that are no numbers.
pub const N: usize = 4;
#[derive(Clone, Copy)]
enum V {
    F(f64),
    I(i64),
}
#[inline(never)]
fn weigh(v: &V, w: f64) -> f64 {
    match v {
        V::F(u) => u * w,
        V::I(n) => *n as f64,
    }
}
pub fn f(x: &[f64]) -> f64 {
    let mut s = x[3];
    let mut all = [V::I(-1); 8];
    for i in 0..8 {
        if i % 3 != 0 {
            all[i] = V::F(x[i % 4] * s);
            s += 0.1;
        }
    }
    for i in 0..8 {
        all.swap(i, (i * 5 + 1) % 8);
    }
    for v in &all {
        s += weigh(v, x[0])
            + match v {
                V::F(u) => u * x[1],
                V::I(n) => *n as f64,
            };
    }
    s
}
