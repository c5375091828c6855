//! Trait with generic method.

pub const N: usize = 4;

trait Kernel {
    const SCALE: f64;
    fn value(&self, r: f64) -> f64;
    fn scaled(&self, r: f64) -> f64 {
        Self::SCALE * self.value(r)
    }
}

struct Gauss(f64);

struct Rational;

impl Kernel for Gauss {
    const SCALE: f64 = 0.5;
    fn value(&self, r: f64) -> f64 {
        (-r * r / self.0).exp()
    }
}

impl Kernel for Rational {
    const SCALE: f64 = 2.0;
    fn value(&self, r: f64) -> f64 {
        1.0 / (1.0 + r * r)
    }
}

#[inline(never)]
fn energy<K: Kernel>(kernel: &K, x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        for j in 0..i {
            sum += kernel.scaled(x[i] - x[j]);
        }
    }
    sum
}

pub fn f(x: &[f64]) -> f64 {
    energy(&Gauss(x[0]), x) + energy(&Rational, x)
}
