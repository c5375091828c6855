//! Enums from x kept in a table and copied out of it.
pub const N: usize = 4;
#[derive(Clone, Copy)]
enum V {
    F(f64),
    I(i64),
    S(f32, u16),
}
fn get(table: &[V], i: usize) -> V {
    table[i % table.len()]
}
pub fn f(x: &[f64]) -> f64 {
    let table = [
        V::F(x[0]),
        V::I(3),
        V::F(x[1] * x[2]),
        V::I(-5),
        V::S(2.5, 7),
    ];
    let mut copy = table;
    copy[1] = copy[0];
    copy.swap(0, 3);
    let mut s = x[3];
    for i in 0..9 {
        match get(&copy, i * 2) {
            V::F(v) => s += v * s * 0.1,
            V::I(n) => s += n as f64 * x[0] * 0.1,
            V::S(a, n) => s *= a as f64 * 0.1 * n as f64,
        }
    }
    s
}
