//! Const generic matrices.

pub const N: usize = 9;

#[derive(Clone, Copy)]
struct Matrix<const R: usize, const C: usize>([[f64; C]; R]);

impl<const R: usize, const C: usize> Matrix<R, C> {
    fn times<const K: usize>(&self, other: &Matrix<C, K>) -> Matrix<R, K> {
        let mut product = [[0.0; K]; R];
        for i in 0..R {
            for j in 0..K {
                for k in 0..C {
                    product[i][j] += self.0[i][k] * other.0[k][j];
                }
            }
        }
        Matrix(product)
    }
}

pub fn f(x: &[f64]) -> f64 {
    let a = Matrix([[x[0], x[1], x[2]], [x[3], x[4], x[5]]]);
    let b = Matrix([[x[6]], [x[7]], [x[8]]]);
    let Matrix([[p], [q]]) = a.times(&b);
    p * q
}
