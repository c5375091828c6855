//! Trait objects.

pub const N: usize = 8;

trait Shape {
    fn area(&self) -> f64;
    fn grow(&mut self, by: f64);
}

struct Circle(f64);

impl Shape for Circle {
    fn area(&self) -> f64 {
        3.0 * self.0 * self.0
    }
    fn grow(&mut self, by: f64) {
        self.0 *= by;
    }
}

struct Rectangle {
    width: f64,
    height: f64,
}

impl Shape for Rectangle {
    fn area(&self) -> f64 {
        self.width * self.height
    }
    fn grow(&mut self, by: f64) {
        self.width += by;
        self.height *= by;
    }
}

pub fn f(x: &[f64]) -> f64 {
    let mut shapes: Vec<Box<dyn Shape>> = Vec::new();
    for pair in x.chunks_exact(2) {
        if pair[0] > 0.6 {
            shapes.push(Box::new(Circle(pair[0] * pair[1])));
        } else {
            shapes.push(Box::new(Rectangle {
                width: pair[0],
                height: pair[1],
            }));
        }
    }
    for shape in &mut shapes {
        shape.grow(x[0]);
        shape.grow(x[1]);
    }
    shapes.iter().map(|shape| shape.area()).sum()
}
