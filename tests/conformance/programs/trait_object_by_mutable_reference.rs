//! Trait object by mutable reference.

pub const N: usize = 5;

trait Sink {
    fn take(&mut self, v: f64);
}

struct Sum(f64);

struct Product(f64, usize);

impl Sink for Sum {
    fn take(&mut self, v: f64) {
        self.0 += v * v;
    }
}

impl Sink for Product {
    fn take(&mut self, v: f64) {
        self.0 *= v;
        self.1 += 1;
    }
}

#[inline(never)]
fn pour(x: &[f64], sink: &mut dyn Sink) {
    for x in x {
        sink.take(*x);
    }
}

pub fn f(x: &[f64]) -> f64 {
    let (mut sum, mut product) = (Sum(0.0), Product(1.0, 0));
    pour(x, &mut sum);
    pour(&x[1..], &mut product);
    sum.0 * product.0 + product.1 as f64 * x[0]
}
