//! A type's own function goes before a trait's of the same name, also where the trait's is meant.
use autodiff::autodiff_reverse;

struct Line(f64);

impl Line {
    fn at(&self, x: f64) -> f64 {
        self.0 * x
    }
}

trait Curve {
    fn at(&self, x: f64) -> f64;
    fn dat(&self, x: f64, dret: f64) -> (f64, f64);
}

impl Curve for Line {
    #[autodiff_reverse(dat, Const, Active, Active)]
    fn at(&self, x: f64) -> f64 {
        self.0 * x * x
    }
}

fn main() {
    println!("{} {:?}", Line(1.0).at(2.0), Line(1.0).dat(2.0, 1.0));
}
