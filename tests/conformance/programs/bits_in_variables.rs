//! Bits of floats in variables of integers, which functions are given by reference, swap and fill.

pub const N: usize = 4;

#[inline(never)]
fn put(to: &mut u64, value: f64) {
    *to = value.to_bits();
}

#[inline(never)]
fn swap(a: &mut u64, b: &mut u64) {
    std::mem::swap(a, b);
}

#[inline(never)]
fn get(from: &u64) -> f64 {
    f64::from_bits(*from)
}

pub fn f(x: &[f64]) -> f64 {
    let mut a = x[0].to_bits();
    let mut b = (x[1] * x[2]).to_bits();
    let mut last = 0;
    let mut sum = 0.0;
    for v in x {
        swap(&mut a, &mut b);
        put(&mut last, v * v);
        sum += f64::from_bits(a) * v + get(&last) * v;
    }
    sum * f64::from_bits(b)
}
