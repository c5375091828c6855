//! Operators of our own.

use std::ops::{Add, AddAssign, Index, IndexMut, Mul, Neg};

pub const N: usize = 6;

#[derive(Clone, Copy)]
struct Complex {
    re: f64,
    im: f64,
}

impl Add for Complex {
    type Output = Complex;
    fn add(self, other: Complex) -> Complex {
        Complex {
            re: self.re + other.re,
            im: self.im + other.im,
        }
    }
}

impl Mul for Complex {
    type Output = Complex;
    fn mul(self, other: Complex) -> Complex {
        Complex {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }
}

impl Neg for Complex {
    type Output = Complex;
    fn neg(self) -> Complex {
        Complex {
            re: -self.re,
            im: -self.im,
        }
    }
}

impl AddAssign for Complex {
    fn add_assign(&mut self, other: Complex) {
        *self = *self + other;
    }
}

struct Row([Complex; 3]);

impl Index<usize> for Row {
    type Output = Complex;
    fn index(&self, i: usize) -> &Complex {
        &self.0[i]
    }
}

impl IndexMut<usize> for Row {
    fn index_mut(&mut self, i: usize) -> &mut Complex {
        &mut self.0[i]
    }
}

pub fn f(x: &[f64]) -> f64 {
    let mut row = Row([0, 2, 4].map(|i| Complex {
        re: x[i],
        im: x[i + 1],
    }));
    for i in 0..2 {
        let next = row[i + 1];
        row[i] += next * next;
        row[i + 1] = -row[i] * next;
    }
    row[0].re * row[1].im + row[2].re.hypot(row[1].re)
}
