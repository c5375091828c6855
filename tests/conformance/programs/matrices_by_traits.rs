//! Matrices of a generic scalar with operators by reference.

use std::ops::{Add, Mul};

pub const N: usize = 8;

#[derive(Clone, Copy, PartialEq)]
struct Matrix<T, const R: usize, const C: usize>([[T; C]; R]);

impl<T, const R: usize, const K: usize, const C: usize> Mul<&Matrix<T, K, C>> for &Matrix<T, R, K>
where
    T: Copy + Default + Add<Output = T> + Mul<Output = T>,
{
    type Output = Matrix<T, R, C>;
    fn mul(self, other: &Matrix<T, K, C>) -> Matrix<T, R, C> {
        let mut made = [[T::default(); C]; R];
        for (row, from) in made.iter_mut().zip(&self.0) {
            for (at, cell) in row.iter_mut().enumerate() {
                for (k, v) in from.iter().enumerate() {
                    *cell = *cell + *v * other.0[k][at];
                }
            }
        }
        Matrix(made)
    }
}

impl<T: Copy + Default + Add<Output = T>, const N: usize> Matrix<T, N, N> {
    fn trace(&self) -> T {
        (0..N).fold(T::default(), |sum, i| sum + self.0[i][i])
    }
}

pub fn f(x: &[f64]) -> f64 {
    let a = Matrix([[x[0], x[1]], [x[2], x[3]], [x[4], x[5]]]);
    let b = Matrix([[x[6], x[7], 1.0], [0.5, x[0], x[6]]]);
    let c = &a * &b;
    let d = &b * &(&c * &a);
    c.trace() * d.trace() + if c == Matrix([[0.0; 3]; 3]) { 1.0 } else { 0.0 }
}
