//! Where an attribute may stand, and what the functions under it may look like. Nothing is called: running
//! derivatives needs the driver.
#![deny(warnings, missing_docs)]
#![allow(dead_code, clippy::type_complexity)]

/// Names that the generated code uses inside.
pub mod names {
    use autodiff::{autodiff_forward, autodiff_reverse};

    #[autodiff_reverse(dsource, Active, Active, Active, Active, Active)]
    fn source(target: f64, out: f64, primal: f64, out_0: f64) -> f64 {
        target + out + primal + out_0
    }

    #[autodiff_forward(dtarget, 2, Dual, Dual, Dual)]
    fn target(shadows: f64, lane_0: f64) -> f64 {
        shadows + lane_0
    }

    #[autodiff_reverse(dout, Active, Duplicated, Const, Active)]
    #[allow(non_snake_case)]
    fn out(r#type: f64, r#fn: &[f64], S0_0: usize) -> f64 {
        r#type * r#fn[S0_0]
    }

    #[autodiff_reverse(dsame, Active, Const, Active)]
    fn same(same: f64, arg0: f64) -> f64 {
        same * arg0
    }

    #[autodiff_reverse(dgenerics, Const, Duplicated, Const, Active)]
    fn generics<F, P0: Copy, R>(f: F, x: &R, _p: P0) -> f64
    where
        F: Fn(&R) -> f64,
    {
        f(x)
    }

    fn signatures() {
        let _: fn(f64, f64, f64, f64, f64) -> (f64, f64, f64, f64, f64) = dsource;
        let _: fn(f64, f64, f64, f64, f64, f64) -> [f64; 3] = dtarget;
        let _: fn(f64, &[f64], &mut [f64], usize, f64) -> (f64, f64) = dout;
    }
}

/// Patterns crash rustc's own attribute.
pub mod patterns {
    use autodiff::{autodiff_forward, autodiff_reverse};

    #[autodiff_reverse(dpattern, Active, Const, Active, Const, Active)]
    fn pattern((x, y): (f64, f64), _: usize, mut z: f64, [_, arg1]: [i32; 2]) -> f64 {
        z += 1.0;
        x * y * z + f64::from(arg1)
    }

    #[autodiff_forward(fstruct, Dual, Dual)]
    fn point(Point { x, y }: Point) -> f64 {
        x * y
    }

    struct Point {
        x: f64,
        y: f64,
    }

    fn signatures() {
        let _: fn((f64, f64), usize, f64, [i32; 2], f64) -> (f64, (f64, f64), f64) = dpattern;
        let _: fn(Point, Point) -> (f64, f64) = fstruct;
    }
}

/// Headers and attributes.
pub mod headers {
    use autodiff::{autodiff_forward, autodiff_reverse};

    /// A documented function.
    #[autodiff_reverse(dpublic, Active, Active)]
    pub fn public(x: f64) -> f64 {
        x
    }

    #[autodiff_reverse(dnot_here, Active, Active)]
    #[cfg(any())]
    fn not_here(x: f64) -> f64 {
        x
    }

    #[autodiff_reverse(draw, Const, Duplicated, Duplicated)]
    unsafe extern "C" fn raw(n: usize, x: *const f64, y: *mut f64) {
        for i in 0..n {
            unsafe { *y.add(i) = *x.add(i) }
        }
    }

    #[autodiff_reverse(dscratch, DuplicatedOnly, Duplicated)]
    fn scratch(x: &mut [f64], y: &mut f64) {
        *y = x[0];
    }

    #[autodiff_forward(fscratch, DualOnly, Dual)]
    fn fscratched(x: &mut [f64], y: &mut f64) {
        *y = x[0];
    }

    #[autodiff_reverse(dold, Active, Active)]
    #[deprecated]
    #[inline(never)]
    #[expect(clippy::excessive_precision)]
    fn old(x: f64) -> f64 {
        x * 1.234567890123456789012
    }

    #[autodiff_reverse(dconst_fn, Active, Active)]
    const fn const_fn(x: f64) -> f64 {
        x
    }

    #[autodiff_reverse(dunit, Duplicated)]
    #[allow(clippy::unused_unit)]
    fn unit(x: &mut f64) -> () {
        *x *= 2.0
    }

    #[autodiff_reverse(dnothing)]
    fn nothing() {}

    #[rustfmt::skip]
    #[autodiff_reverse(
        dmany,
        Const, Const, Const, Const, Const, Const, Const,
        Duplicated, Active,
    )]
    #[allow(clippy::too_many_arguments, clippy::ptr_arg)]
    fn many(a: u8, b: u16, c: u32, d: u64, e: bool, f: char, g: i128, h: &mut Vec<f64>) -> f64 {
        h[0] * (a as f64
            + b as f64
            + c as f64
            + d as f64
            + e as u8 as f64
            + f as u32 as f64
            + g as f64)
    }

    fn signatures() {
        let _: unsafe extern "C" fn(usize, *const f64, *mut f64, *mut f64, *mut f64) = draw;
        let _: unsafe fn(&mut [f64], &mut [f64], &mut f64, &mut f64) = dscratch;
        let _: unsafe fn(&mut [f64], &mut [f64], &mut f64, &mut f64) = fscratch;
        let _: fn(&mut f64, &mut f64) = dunit;
        let _: fn() = dnothing;
        let _: fn(u8, u16, u32, u64, bool, char, i128, &mut Vec<f64>, &mut Vec<f64>, f64) -> f64 =
            dmany;
    }
}

/// Other macros.
pub mod macros {
    macro_rules! differentiable {
        ($name:ident, $derivative:ident, $width:literal, $ty:ty, $result:ty, $how:ident, $body:expr) => {
            #[autodiff::autodiff_reverse($derivative, $width, Const, $how, Const)]
            fn $name(n: $result, x: $ty) -> $result {
                n * $body(x)
            }
        };
    }

    differentiable!(sum, dsum, 2, &[f64], f64, Duplicated, |x: &[f64]| x
        .iter()
        .sum::<f64>(
    ));

    macro_rules! fixed {
        ($ty:ty) => {
            #[autodiff::autodiff_reverse(dfixed, Active, Active)]
            fn fixed(x: $ty) -> $ty {
                x * x
            }

            pub(super) struct Fixed;

            impl Fixed {
                #[autodiff::autodiff_reverse(dmethod, Const, Active, Active)]
                pub(super) fn method(&self, x: $ty) -> $ty {
                    x * x
                }
            }
        };
    }

    fixed!(f32);

    fn signatures() {
        let _: fn(f64, &[f64], &mut [f64], &mut [f64]) -> f64 = dsum;
        let _: fn(f32, f32) -> (f32, f32) = dfixed;
        let _: fn(&Fixed, f32, f32) -> (f32, f32) = Fixed::dmethod;
    }
}

/// Inside a body, with a type that is only visible there.
pub fn nested() {
    use autodiff::{autodiff_forward, autodiff_reverse, Differentiable};

    #[derive(Clone, Copy)]
    struct Pair(f64, f64);

    impl Differentiable for Pair {
        const ZERO: Self = Pair(0.0, 0.0);
    }

    type Alias = [Pair; 2];

    #[autodiff_reverse(dpair, Active, Active)]
    fn pair(x: Alias) -> Pair {
        Pair(x[0].0 * x[1].0, x[1].1)
    }

    #[autodiff_forward(fvec, Dual, Const, Dual)]
    fn vec(x: Vec<f64>, f: &dyn Fn(f64) -> f64) -> f64 {
        f(x[0])
    }

    fn signatures() {
        let _: fn(Alias, Pair) -> (Pair, Alias) = dpair;
        let _: fn(Vec<f64>, Vec<f64>, &dyn Fn(f64) -> f64) -> (f64, f64) = fvec;
    }
}

/// Receivers of every kind, in a trait with a type parameter and an associated type.
pub mod receivers {
    use autodiff::{autodiff_forward, autodiff_reverse, Differentiable};
    use std::rc::Rc;

    #[derive(Clone, Copy)]
    struct Point([f64; 2]);

    impl Differentiable for Point {
        const ZERO: Self = Point([0.0; 2]);
    }

    impl Point {
        #[autodiff_reverse(dnorm, Active, Active)]
        fn norm(mut self) -> f64 {
            self.0[0] *= 2.0;
            self.0[0] * self.0[1]
        }

        #[autodiff_forward(fscaled, Dual, Const, Dual)]
        fn scaled(self, by: f64) -> Self {
            Point(self.0.map(|x| x * by))
        }

        #[autodiff_reverse(dshared, Const, Active, Active)]
        fn shared(self: Rc<Self>, x: f64) -> f64 {
            self.0[0] * x
        }

        #[autodiff_reverse(dtyped, Duplicated, Active)]
        fn typed(self: &Rc<Self>) -> f64 {
            self.0[0]
        }

        #[autodiff_reverse(ddistance, Duplicated, Duplicated, Active)]
        fn distance(from: &Self, to: &Point) -> f64 {
            from.0[0] - to.0[0]
        }
    }

    trait Operator<T> {
        type Input: ?Sized;

        #[autodiff_reverse(dapply, Duplicated, Duplicated, Const)]
        fn apply(&self, x: &Self::Input) -> T;
    }

    struct Sum<const N: usize>([f64; N]);

    impl<const N: usize> Operator<f64> for Sum<N> {
        type Input = [f64];

        fn apply(&self, x: &[f64]) -> f64 {
            x.iter().sum::<f64>() + self.0[N - 1]
        }
    }

    fn signatures() {
        let _: fn(Point, f64) -> (f64, Point) = Point::dnorm;
        let _: fn(Point, Point, f64) -> (Point, Point) = Point::fscaled;
        let _: fn(Rc<Point>, f64, f64) -> (f64, f64) = Point::dshared;
        let _: fn(&Point, &mut Point, &Point, &mut Point, f64) -> f64 = Point::ddistance;
        let _: fn(&Sum<2>, &mut Sum<2>, &[f64], &mut [f64]) -> f64 = Sum::<2>::dapply;
    }
}
