//! A type of our own that is a slice by `Deref`, and is indexed by pairs.

use std::ops::{Deref, DerefMut, Index, IndexMut};

pub const N: usize = 6;

struct Grid {
    cells: Vec<f64>,
    width: usize,
}

impl Deref for Grid {
    type Target = [f64];
    fn deref(&self) -> &[f64] {
        &self.cells
    }
}

impl DerefMut for Grid {
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.cells
    }
}

impl Index<(usize, usize)> for Grid {
    type Output = f64;
    fn index(&self, (row, column): (usize, usize)) -> &f64 {
        &self.cells[row * self.width + column]
    }
}

impl IndexMut<(usize, usize)> for Grid {
    fn index_mut(&mut self, (row, column): (usize, usize)) -> &mut f64 {
        &mut self.cells[row * self.width + column]
    }
}

pub fn f(x: &[f64]) -> f64 {
    let mut grid = Grid {
        cells: x.to_vec(),
        width: 3,
    };
    for column in 0..3 {
        let above = grid[(0, column)];
        grid[(1, column)] *= above.exp();
    }
    grid.reverse();
    grid[(0, 1)] = grid.iter().map(|v| v * v).sum();
    grid.last().unwrap() * grid[(0, 1)] + grid.first().unwrap()
}
