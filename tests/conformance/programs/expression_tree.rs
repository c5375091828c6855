//! Expression tree.

pub const N: usize = 3;

enum Expression {
    Variable(usize),
    Constant(f64),
    Sum(Box<Expression>, Box<Expression>),
    Product(Box<Expression>, Box<Expression>),
    Sine(Box<Expression>),
}
use Expression::{Constant, Product, Sine, Sum, Variable};

fn value(e: &Expression, x: &[f64]) -> f64 {
    match e {
        Variable(i) => x[*i],
        Constant(c) => *c,
        Sum(a, b) => value(a, x) + value(b, x),
        Product(a, b) => value(a, x) * value(b, x),
        Sine(a) => value(a, x).sin(),
    }
}

pub fn f(x: &[f64]) -> f64 {
    let square = Product(Box::new(Variable(0)), Box::new(Variable(0)));
    let sum = Sum(Box::new(square), Box::new(Sine(Box::new(Variable(1)))));
    let scaled = Product(Box::new(Constant(3.0)), Box::new(Variable(2)));
    value(&Product(Box::new(sum), Box::new(scaled)), x)
}

pub fn gradient(x: &[f64]) -> Vec<f64> {
    let inner = x[0] * x[0] + x[1].sin();
    vec![6.0 * x[0] * x[2], 3.0 * x[2] * x[1].cos(), 3.0 * inner]
}
