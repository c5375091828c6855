//! Traits with default methods, associated types and constants, and one that is implemented for every other.

pub const N: usize = 5;

trait Kernel {
    const SCALE: f64;
    type Parameters: Default + Copy;
    fn value(&self, r: f64, p: Self::Parameters) -> f64;
    fn between(&self, a: f64, b: f64) -> f64 {
        Self::SCALE * self.value((a - b) * (a - b), Self::Parameters::default())
    }
}

struct Gauss;
struct Rational;

#[derive(Default, Clone, Copy)]
struct Shape {
    power: u8,
}

impl Kernel for Gauss {
    const SCALE: f64 = 2.0;
    type Parameters = ();
    fn value(&self, r: f64, (): ()) -> f64 {
        (-r).exp()
    }
}

impl Kernel for Rational {
    const SCALE: f64 = 0.5;
    type Parameters = Shape;
    fn value(&self, r: f64, p: Shape) -> f64 {
        1.0 / (1.0 + r).powi(i32::from(p.power) + 1)
    }
    fn between(&self, a: f64, b: f64) -> f64 {
        self.value(a * b, Shape { power: 1 })
    }
}

trait Energy {
    fn energy(&self, x: &[f64]) -> f64;
}

impl<K: Kernel> Energy for K {
    fn energy(&self, x: &[f64]) -> f64 {
        x.iter()
            .enumerate()
            .flat_map(|(i, a)| x[..i].iter().map(move |b| self.between(*a, *b)))
            .sum()
    }
}

pub fn f(x: &[f64]) -> f64 {
    Gauss.energy(x) + Rational.energy(&x[1..])
}
