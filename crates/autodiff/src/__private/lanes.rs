//! A `Dualv` shadow holds its lanes one after the other. Split here, it is as many `Dual` shadows, so that the
//! driver need not know the size of an element.

use core::array::from_fn;

/// The lanes of a shadow that was found long enough; what is left over is not touched.
#[inline]
pub fn split_lanes<T, const LANES: usize>(shadow: &[T], length: usize) -> [&[T]; LANES] {
    let mut rest = shadow;
    from_fn(|_| {
        let (lane, others) = rest.split_at(length);
        rest = others;
        lane
    })
}

/// As [`split_lanes`].
#[inline]
pub fn split_lanes_mut<T, const LANES: usize>(
    shadow: &mut [T],
    length: usize,
) -> [&mut [T]; LANES] {
    let mut rest = shadow;
    from_fn(|_| {
        let (lane, others) = core::mem::take(&mut rest).split_at_mut(length);
        rest = others;
        lane
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_follow_each_other() {
        let mut shadow = [1, 2, 3, 4, 5];

        assert_eq!(split_lanes(&shadow, 2), [[1, 2], [3, 4]]);
        assert_eq!(split_lanes_mut(&mut shadow, 2), [[1, 2], [3, 4]]);
        assert_eq!(split_lanes::<_, 3>(&shadow, 0), [[0; 0]; 3]);
    }
}
