//! Raw pointers, `unsafe` functions, and buffers that a derivative may spoil.

use autodiff::autodiff_reverse;

#[autodiff_reverse(draw, Const, Duplicated, Duplicated)]
unsafe extern "C" fn raw(n: usize, x: *const f64, y: *mut f64) {
    for i in 0..n {
        // SAFETY: the caller's promise.
        unsafe { *y.add(i) = (*x.add(i)).sqrt() }
    }
}

#[autodiff_reverse(dbuffer, Duplicated, DuplicatedOnly, Active)]
fn buffer(x: &[f64], squares: &mut [f64]) -> f64 {
    for (x, square) in x.iter().zip(squares.iter_mut()) {
        *square = x * x;
    }
    squares.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_pointers() {
        let (x, mut dx) = ([4.0, 9.0], [0.0; 2]);
        let (mut y, mut dy) = ([0.0; 2], [1.0; 2]);
        // SAFETY: all hold two elements.
        unsafe {
            draw(
                2,
                x.as_ptr(),
                dx.as_mut_ptr(),
                y.as_mut_ptr(),
                dy.as_mut_ptr(),
            )
        };

        assert_eq!((y, dx), ([2.0, 3.0], [0.25, 1.0 / 6.0]));
    }

    #[test]
    fn scratch_buffers() {
        let (mut dx, mut squares, mut dsquares) = ([0.0; 2], [0.0; 2], [0.0; 2]);
        // SAFETY: `squares` is not read afterwards.
        unsafe { dbuffer(&[1.0, 2.0], &mut dx, &mut squares, &mut dsquares, 1.0) };

        assert_eq!(dx, [2.0, 4.0]);
    }
}
