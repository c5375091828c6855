//! A trait object with a shadow: two objects, and perhaps two tables of functions.
use autodiff::autodiff_reverse;

trait Energy {
    fn energy(&self) -> f64;
}

struct Spring(f64);

impl Energy for Spring {
    fn energy(&self) -> f64 {
        self.0 * self.0
    }
}

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &dyn Energy) -> f64 {
    x.energy()
}

fn main() {
    println!("{:?}", df(&Spring(1.0), &mut Spring(0.0), 1.0));
}
