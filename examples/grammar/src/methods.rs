//! Methods, associated functions, traits.

use autodiff::{autodiff_forward, autodiff_reverse};

#[derive(Clone, Default)]
struct Line {
    slope: f64,
    offset: f64,
}

impl Line {
    #[autodiff_reverse(dvalue, Duplicated, Active, Active)]
    #[autodiff_reverse(dvalue_x, Const, Active, ActiveOnly)]
    #[autodiff_forward(fvalue, Dual, Const, Dual)]
    fn value(&self, x: f64) -> f64 {
        self.slope * x + self.offset
    }

    #[autodiff_reverse(dsteepen, Duplicated, Active)]
    fn steepen(&mut self, by: f64) {
        self.slope *= by;
    }

    #[autodiff_reverse(Self::dhalf, Active, Active)]
    fn half(x: f64) -> f64 {
        x / 2.0
    }
}

trait Energy {
    #[autodiff_reverse(denergy, Const, Duplicated, Active)]
    fn energy(&self, x: &[f64]) -> f64;

    #[autodiff_reverse(dtwice, Const, Duplicated, Active)]
    fn twice(&self, x: &[f64]) -> f64 {
        2.0 * self.energy(x)
    }
}

struct Spring<const N: usize>([f64; N]);

impl<const N: usize> Energy for Spring<N> {
    fn energy(&self, x: &[f64]) -> f64 {
        let terms = self.0.iter().zip(x);
        terms.map(|(stiffness, x)| stiffness * x * x / 2.0).sum()
    }
}

/// Replaces the derivative that the trait makes.
struct Flat;

impl Energy for Flat {
    fn energy(&self, _: &[f64]) -> f64 {
        1.0
    }

    fn denergy(&self, _: &[f64], dx_0: &mut [f64], _: f64) -> f64 {
        dx_0.fill(-1.0);
        1.0
    }
}

trait Curve {
    fn at(&self, t: f64) -> f64;
    fn dat(&self, t: f64, dret: f64) -> (f64, f64);
}

impl Curve for Line {
    #[autodiff_reverse(dat, Const, Active, Active)]
    fn at(&self, t: f64) -> f64 {
        self.value(t) * t
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: Line = Line {
        slope: 3.0,
        offset: 1.0,
    };

    #[test]
    fn receiver_by_reference() {
        let mut dline = Line::default();

        assert_eq!(LINE.dvalue(&mut dline, 2.0, 1.0), (7.0, 3.0));
        assert_eq!((dline.slope, dline.offset), (2.0, 1.0));
        assert_eq!(LINE.dvalue_x(2.0, 10.0), 30.0);
        assert_eq!(LINE.fvalue(&dline, 2.0), (7.0, 5.0));
    }

    #[test]
    fn receiver_that_changes() {
        let mut line = LINE.clone();
        let mut dline = Line {
            slope: 1.0,
            offset: 1.0,
        };

        assert_eq!(line.dsteepen(&mut dline, 5.0), 3.0);
        assert_eq!((line.slope, dline.slope, dline.offset), (15.0, 5.0, 1.0));
    }

    #[test]
    fn associated_function() {
        assert_eq!(Line::dhalf(3.0, 1.0), (1.5, 0.5));
    }

    #[test]
    fn trait_methods() {
        let spring = Spring([1.0, 10.0]);
        let mut dx = [0.0; 2];

        assert_eq!(spring.denergy(&[2.0, 1.0], &mut dx, 1.0), 7.0);
        assert_eq!(dx, [2.0, 10.0]);
        assert_eq!(spring.dtwice(&[2.0, 1.0], &mut dx, 1.0), 14.0);
        assert_eq!(dx, [6.0, 30.0]);
    }

    #[test]
    fn derivative_by_hand() {
        let mut dx = [0.0; 2];

        assert_eq!(Flat.denergy(&[2.0, 1.0], &mut dx, 1.0), 1.0);
        assert_eq!(dx, [-1.0; 2]);
    }

    #[test]
    fn trait_that_declares_its_derivative() {
        assert_eq!(LINE.dat(2.0, 1.0), (14.0, 13.0));
    }
}
