//! Destructors.

pub const N: usize = 5;

struct Guard<'a>(&'a mut f64);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        *self.0 *= 2.0;
    }
}

pub fn f(x: &[f64]) -> f64 {
    let mut s = x[0];
    for x in x {
        let guard = Guard(&mut s);
        *guard.0 += x * x;
        if *x > 0.8 {
            continue;
        }
        *guard.0 *= x;
    }
    s
}
