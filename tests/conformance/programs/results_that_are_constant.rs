//! Functions behind pointers that return constants now and then: their tangent is zero, not that of the call before.

pub const N: usize = 5;

trait Area {
    fn area(&self) -> f64;
}

struct Square(f64);
struct Unit;

impl Area for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}

impl Area for Unit {
    fn area(&self) -> f64 {
        1.0
    }
}

pub fn f(x: &[f64]) -> f64 {
    let mut all: Vec<Box<dyn Area>> = Vec::new();
    for (i, v) in x.iter().enumerate() {
        all.push(if i % 2 == 0 {
            Box::new(Square(*v))
        } else {
            Box::new(Unit)
        });
    }
    let unit: &dyn Area = if x[0] > 1e9 { &Square(0.5) } else { &Unit };
    let constant = unit.area();
    let mut sum = 0.0;
    for (i, one) in all.iter().enumerate() {
        let here = one.area();
        sum += here * x[i] + unit.area() * here * constant;
    }
    sum
}
