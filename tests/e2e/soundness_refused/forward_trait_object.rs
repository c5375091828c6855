//! Forward mode through trait objects.
use autodiff::autodiff_forward;

trait Shape {
    fn area(&self) -> f64;
}

struct Circle(f64);
struct Square(f64);

impl Shape for Circle {
    fn area(&self) -> f64 {
        3.0 * self.0 * self.0
    }
}

impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}

#[autodiff_forward(df, Dual, Dual)]
fn f(x: &[f64]) -> f64 {
    let mut shapes: Vec<Box<dyn Shape>> = Vec::new();
    for x in x {
        if *x > 1.5 {
            shapes.push(Box::new(Circle(*x)));
        } else {
            shapes.push(Box::new(Square(*x)));
        }
    }
    shapes.iter().map(|shape| shape.area()).sum()
}

fn main() {
    println!("{:?}", df(&[1.0, 2.0], &[1.0, 0.0]));
}
