//! Code as it is written for nightly's `std::autodiff`: all but the `use` lines would compile there too.

mod by_glob {
    use autodiff::*;

    #[autodiff_reverse(d_rosenbrock, Active, Active, Active)]
    #[autodiff_reverse(d_rosenbrock_only, Active, Active, ActiveOnly)]
    #[autodiff_forward(f_rosenbrock, Dual, Const, Dual)]
    pub fn rosenbrock(x: f64, y: f64) -> f64 {
        (1.0 - x).powi(2) + 100.0 * (y - x.powi(2)).powi(2)
    }

    #[autodiff_reverse(d_into, Active, Active, Duplicated)]
    #[inline(never)]
    pub fn rosenbrock_into(x: f64, y: f64, out: &mut f64) {
        *out = (1.0 - x).powi(2) + 100.0 * (y - x.powi(2)).powi(2);
    }
}

#[autodiff::autodiff_forward(d_columns, 4, Dual, DualOnly)]
fn by_path(x: &[f32; 4]) -> f32 {
    x[0] * x[0] + x[1] * x[3]
}

mod higher_order {
    use autodiff::{autodiff_forward, autodiff_reverse};

    #[autodiff_reverse(d_product, Duplicated, Duplicated)]
    fn product(x: &[f64; 2], y: &mut f64) {
        *y = x[0] * x[0] * x[1];
    }

    #[autodiff_forward(hessian_column, Dual, Dual, Dual, Dual)]
    fn gradient(x: &[f64; 2], dx: &mut [f64; 2], y: &mut f64, dy: &mut f64) {
        d_product(x, dx, y, dy);
    }

    pub fn hessian(x: [f64; 2]) -> [[f64; 2]; 2] {
        let mut columns = [[0.0; 2]; 2];
        for (direction, column) in columns.iter_mut().enumerate() {
            let mut bx = [0.0; 2];
            bx[direction] = 1.0;
            let (mut dx, mut y, mut by) = ([0.0; 2], 0.0, 0.0);
            let (mut dy, mut bdy) = (1.0, 0.0);
            hessian_column(&x, &bx, &mut dx, column, &mut y, &mut by, &mut dy, &mut bdy);
        }
        columns
    }
}

mod traits {
    use autodiff::*;

    pub trait Potential {
        #[autodiff_reverse(d_energy, Const, Duplicated, Active)]
        fn energy(&self, at: &f64) -> f64;

        #[autodiff_reverse(d_doubled, Const, Duplicated, Active)]
        fn doubled(&self, at: &f64) -> f64 {
            2.0 * self.energy(at)
        }
    }

    pub struct Harmonic {
        pub stiffness: f64,
    }

    impl Potential for Harmonic {
        fn energy(&self, at: &f64) -> f64 {
            self.stiffness * at * at / 2.0
        }
    }

    impl Harmonic {
        #[autodiff_forward(f_shifted, Const, Const, Dual, Dual)]
        pub fn shifted(&self, by: &dyn std::fmt::Debug, at: f64) -> f64 {
            let _ = by;
            self.energy(&at)
        }
    }
}

mod generic {
    use autodiff::*;
    use std::ops::Mul;

    #[autodiff_reverse(d_square, Duplicated, Active)]
    pub fn square<T: Mul<Output = T> + Copy>(x: &T) -> T {
        *x * *x
    }

    #[autodiff_reverse(d_sum, Duplicated, Active)]
    pub fn sum<const N: usize>(x: &[[f64; N]]) -> f64 {
        x.iter().flatten().map(|x| x * x).sum()
    }
}

mod structs {
    use autodiff::*;

    #[derive(Clone, Copy, Default, PartialEq, Debug)]
    pub struct Meters(pub f64);

    #[derive(Clone, Copy, Default, PartialEq, Debug)]
    pub struct Body {
        pub at: Meters,
        pub mass: f32,
        pub id: u16,
    }

    #[autodiff_reverse(d_weight, Duplicated, Active)]
    pub fn weight(body: &Body) -> f64 {
        body.at.0 * f64::from(body.mass) * f64::from(body.id)
    }

    #[autodiff_forward(f_pair, Dual, Const)]
    pub fn pair(x: (&f32, &f32)) -> f32 {
        x.0 * x.1
    }

    #[autodiff_forward(f_tuple, Dual, Dual)]
    pub fn tuple(x: (f32, f32)) -> f32 {
        x.0 * x.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rosenbrock_by_value_and_into_an_output() {
        use by_glob::*;

        let (value, dx, dy) = d_rosenbrock(0.5, 2.0, 1.0);
        assert_eq!((value, dx, dy), (306.5, -351.0, 350.0));
        assert_eq!(d_rosenbrock_only(0.5, 2.0, 1.0), (dx, dy));
        assert_eq!(f_rosenbrock(0.5, 1.0, 2.0), (value, dx));

        let (mut out, mut seed) = (0.0, 1.0);
        assert_eq!(d_into(0.5, 2.0, &mut out, &mut seed), (dx, dy));
        assert_eq!((out, seed), (value, 0.0));
    }

    #[test]
    fn batches_by_path() {
        let unit = |at: usize| std::array::from_fn(|i| if i == at { 1.0 } else { 0.0 });
        let x = [1.0, 2.0, 3.0, 4.0];

        assert_eq!(
            d_columns(&x, &unit(0), &unit(1), &unit(2), &unit(3)),
            [2.0, 4.0, 0.0, 2.0]
        );
    }

    #[test]
    fn a_derivative_of_a_derivative() {
        assert_eq!(higher_order::hessian([3.0, 5.0]), [[10.0, 6.0], [6.0, 0.0]]);
    }

    #[test]
    fn traits_and_methods() {
        use traits::*;

        let (spring, mut dx) = (Harmonic { stiffness: 3.0 }, 0.0);
        assert_eq!(spring.d_energy(&2.0, &mut dx, 1.0), 6.0);
        assert_eq!(spring.d_doubled(&2.0, &mut dx, 1.0), 12.0);
        assert_eq!(dx, 18.0);
        assert_eq!(spring.f_shifted(&"", 2.0, 1.0), (6.0, 6.0));
    }

    #[test]
    fn generic_functions() {
        let (mut narrow, mut many) = (0.0_f32, [[0.0; 2]; 2]);
        assert_eq!(generic::d_square(&3.0_f32, &mut narrow, 1.0), 9.0);
        assert_eq!(
            generic::d_sum(&[[1.0, 2.0], [3.0, 4.0]], &mut many, 1.0),
            30.0
        );
        assert_eq!((narrow, many), (6.0, [[2.0, 4.0], [6.0, 8.0]]));
    }

    #[test]
    fn structs_newtypes_and_pairs() {
        use structs::*;

        let body = Body {
            at: Meters(2.0),
            mass: 3.0,
            id: 5,
        };
        let mut shadow = Body::default();
        assert_eq!(d_weight(&body, &mut shadow, 1.0), 30.0);
        assert_eq!(
            shadow,
            Body {
                at: Meters(15.0),
                mass: 10.0,
                id: 0
            }
        );
        assert_eq!(f_tuple((2.0, 3.0), (1.0, 10.0)), (6.0, 23.0));
        assert_eq!(f_pair((&2.0, &3.0), (&1.0, &0.0)), 6.0);
    }
}
