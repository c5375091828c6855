//! The generated signatures, to the letter: each function here only has to compile, none is called. Running
//! derivatives needs the driver.
#![forbid(unsafe_code)]
#![deny(warnings)]
#![allow(dead_code, clippy::type_complexity, clippy::extra_unused_lifetimes)]

use autodiff::{autodiff_forward, autodiff_reverse};

#[autodiff_reverse(dsquare, Active, Active)]
fn square(x: f64) -> f64 {
    x * x
}

#[autodiff_reverse(dsquare_only, Active, ActiveOnly)]
fn square_only(x: f64) -> f64 {
    x * x
}

#[autodiff_reverse(dpoly, Duplicated, Active)]
fn poly(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

#[autodiff_reverse(drosenbrock, Active, Active, Active)]
#[autodiff_reverse(drosenbrock_only, Active, Active, ActiveOnly)]
#[autodiff_reverse(drosenbrock_x, Active, Const, Const)]
#[autodiff_forward(frosenbrock, Dual, Const, Dual)]
#[autodiff_forward(frosenbrock_batch, 3, Dual, Dual, Dual)]
#[autodiff_forward(frosenbrock_only, 3, Dual, Const, DualOnly)]
#[autodiff_forward(frosenbrock_value, Dual, Const, Const)]
fn rosenbrock(x: f64, y: f64) -> f64 {
    (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2)
}

#[autodiff_reverse(dout, Const, Duplicated, Duplicated)]
#[autodiff_reverse(dout_batch, 2, Const, Duplicated, Duplicated)]
#[autodiff_forward(fout, Const, Dual, Dual)]
#[autodiff_forward(fout_vector, 4, Const, Dualv, Dualv)]
fn out(n: usize, x: &[f64], y: &mut [f64]) {
    for i in 0..n {
        y[i] += x[i] * x[i];
    }
}

#[autodiff_reverse(darray, Active, Const, Active)]
fn array(x: [f64; 3], names: String) -> (f64, f64) {
    (x[0] * x[1], x[2] * names.len() as f64)
}

fn signatures() {
    let _: fn(f64, f64) -> (f64, f64) = dsquare;
    let _: fn(f64, f64) -> f64 = dsquare_only;
    let _: fn(&[f64], &mut [f64], f64) -> f64 = dpoly;
    let _: fn(f64, f64, f64) -> (f64, f64, f64) = drosenbrock;
    let _: fn(f64, f64, f64) -> (f64, f64) = drosenbrock_only;
    let _: fn(f64, f64) -> (f64, f64) = drosenbrock_x;
    let _: fn(f64, f64, f64) -> (f64, f64) = frosenbrock;
    let _: fn(f64, f64, f64, f64, f64, f64, f64, f64) -> [f64; 4] = frosenbrock_batch;
    let _: fn(f64, f64, f64, f64, f64) -> [f64; 3] = frosenbrock_only;
    let _: fn(f64, f64, f64) -> f64 = frosenbrock_value;
    let _: fn(usize, &[f64], &mut [f64], &mut [f64], &mut [f64]) = dout;
    let _: fn(usize, &[f64], &mut [f64], &mut [f64], &mut [f64], &mut [f64], &mut [f64]) =
        dout_batch;
    let _: fn(usize, &[f64], &[f64], &mut [f64], &mut [f64]) = fout;
    let _: fn(usize, &[f64], &[f64], &mut [f64], &mut [f64]) = fout_vector;
    let _: fn([f64; 3], String, (f64, f64)) -> ((f64, f64), [f64; 3]) = darray;
}

mod generics {
    use autodiff::*;
    use std::ops::Mul;

    #[autodiff_reverse(dsquare, Duplicated, Active)]
    fn square<T: Mul<Output = T> + Copy>(x: &T) -> T {
        *x * *x
    }

    #[autodiff_reverse(dapply, Active, Const, Active)]
    fn apply(x: f64, f: impl Fn(f64) -> f64) -> f64 {
        f(x)
    }

    #[autodiff_reverse(dsum, Duplicated, Const, Active)]
    fn sum<'a, const N: usize, F>(x: &'a [f64; N], f: &'a F) -> f64
    where
        F: Fn(f64) -> f64 + ?Sized,
    {
        x.iter().map(|x| f(*x)).sum()
    }

    #[autodiff_reverse(dfirst, Duplicated, Const, Const)]
    fn first(x: &[f64], n: usize) -> &[f64] {
        &x[..n]
    }

    fn signatures<'a, T: Mul<Output = T> + Differentiable>() {
        let _: fn(&T, &mut T, T) -> T = dsquare::<T>;
        let _: fn(f64, fn(f64) -> f64, f64) -> (f64, f64) = dapply::<fn(f64) -> f64>;
        let _: fn(&'a [f64; 2], &'a mut [f64; 2], &'a dyn Fn(f64) -> f64, f64) -> f64 =
            dsum::<2, dyn Fn(f64) -> f64>;
        let _: for<'b, 'c> fn(&'b [f64], &'c mut [f64], usize) -> &'b [f64] = dfirst;
    }
}

mod methods {
    use autodiff::*;

    struct Model<T> {
        weights: Vec<T>,
    }

    impl<T: Copy + Into<f64>> Model<T> {
        #[autodiff_reverse(dloss, Duplicated, Duplicated, Active)]
        fn loss(&self, x: &[f64]) -> f64 {
            self.weights
                .iter()
                .zip(x)
                .map(|(w, x)| (*w).into() * x)
                .sum()
        }

        #[autodiff_reverse(dstep, Duplicated, Const)]
        fn step(&mut self, n: usize) {
            self.weights.truncate(n);
        }

        #[autodiff_forward(fpeek, Const, Dual, Const)]
        fn peek(&self, x: &f64) -> &T {
            &self.weights[*x as usize]
        }

        #[autodiff_reverse(Self::dassociated, Active, Active)]
        fn associated(x: f64) -> f64 {
            x
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

    impl Energy for Model<f64> {
        fn energy(&self, x: &[f64]) -> f64 {
            self.loss(x)
        }
    }

    trait Declared {
        fn value(&self, x: f64) -> f64;
        fn dvalue(&self, x: f64, dret: f64) -> (f64, f64);
    }

    impl Declared for Model<f64> {
        #[autodiff_reverse(dvalue, Const, Active, Active)]
        fn value(&self, x: f64) -> f64 {
            self.weights[0] * x
        }
    }

    fn signatures() {
        type M = Model<f64>;
        let _: fn(&M, &mut M, &[f64], &mut [f64], f64) -> f64 = M::dloss;
        let _: fn(&mut M, &mut M, usize) = M::dstep;
        let _: for<'a, 'b, 'c> fn(&'a M, &'b f64, &'c f64) -> &'a f64 = M::fpeek;
        let _: fn(f64, f64) -> (f64, f64) = M::dassociated;
        let _: fn(&M, &[f64], &mut [f64], f64) -> f64 = M::denergy;
        let _: fn(&(dyn Energy + 'static), &[f64], &mut [f64], f64) -> f64 = <dyn Energy>::dtwice;
        let _: fn(&M, f64, f64) -> (f64, f64) = M::dvalue;
    }
}
