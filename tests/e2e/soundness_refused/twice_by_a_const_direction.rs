//! Reverse mode over forward mode, in a direction that is Const.
use autodiff::{autodiff_forward, autodiff_reverse};

#[autodiff_forward(df, Dual, Dual)]
fn f(x: &[f64]) -> f64 {
    let mut s = 1.0;
    'outer: for a in x {
        for b in x {
            s += 0.3 * a * b * s;
            if s > 3.0 {
                break 'outer;
            }
        }
        s *= a.cos();
    }
    s * s
}

#[autodiff_reverse(second, Duplicated, Const, Active)]
fn along(x: &[f64], w: &[f64]) -> f64 {
    df(x, w).1
}

fn main() {
    let mut product = [0.0; 2];
    second(&[0.9, 1.3], &mut product, &[0.3, -0.8], 1.0);
    println!("{product:?}");
}
