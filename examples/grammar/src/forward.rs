//! Forward mode: activities, results, widths.

use autodiff::{autodiff_forward, autodiff_reverse};

#[autodiff_forward(df, Dual, Dual, Dual)]
#[autodiff_forward(df_only, Dual, Const, DualOnly)]
#[autodiff_forward(df_const, Dual, Const, Const)]
#[autodiff_forward(df_batch, 2, Dual, Dual, Dual)]
#[autodiff_forward(df_batch_only, 3, Dual, Dual, DualOnly)]
fn f(x: f64, y: f64) -> f64 {
    x * x * y
}

#[autodiff_forward(dscale, Dual, Dual, Dual)]
#[autodiff_forward(dscale_batch, 2, Dual, Const, Dual)]
#[autodiff_forward(dscale_vector, 2, Dualv, Const, Dualv)]
fn scale(x: &[f64], by: f64, y: &mut [f64]) {
    for (x, y) in x.iter().zip(y) {
        *y = by * x * x;
    }
}

#[autodiff_forward(dsum, 2, Dualv, DualvOnly)]
#[autodiff_forward(dsum_value, Dualv, Dualv)]
fn sum(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

#[autodiff_reverse(gradient, Duplicated, ActiveOnly)]
fn cubes(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x * x).sum::<f64>() + x[0] * x[1]
}

#[autodiff_forward(hessian_vector, Dual, Dual)]
fn gradient_into(x: &[f64], out: &mut [f64]) {
    out.fill(0.0);
    gradient(x, out, 1.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_and_tangent() {
        assert_eq!(df(3.0, 1.0, 2.0, 0.5), (18.0, 12.0 + 4.5));
        assert_eq!(df_only(3.0, 2.0, 2.0), 24.0);
        assert_eq!(df_const(3.0, 1.0, 2.0), 18.0);
    }

    #[test]
    fn lanes_follow_the_value() {
        assert_eq!(df_batch(3.0, 1.0, 0.0, 2.0, 0.0, 1.0), [18.0, 12.0, 9.0]);
        assert_eq!(
            df_batch_only(3.0, 1.0, 0.0, 1.0, 2.0, 0.0, 1.0, 1.0),
            [12.0, 9.0, 21.0]
        );
    }

    #[test]
    fn output_shadows_are_overwritten() {
        let (mut y, mut by) = ([0.0; 2], [77.0; 2]);
        dscale(&[1.0, 2.0], &[1.0, 0.0], 3.0, 1.0, &mut y, &mut by);

        assert_eq!((y, by), ([3.0, 12.0], [7.0, 4.0]));
    }

    #[test]
    fn batches_with_a_shadow_for_each_lane_and_with_one_for_all() {
        let (mut y, mut by_0, mut by_1) = ([0.0; 2], [0.0; 2], [0.0; 2]);
        dscale_batch(
            &[1.0, 2.0],
            &[1.0, 0.0],
            &[0.0, 1.0],
            3.0,
            &mut y,
            &mut by_0,
            &mut by_1,
        );
        assert_eq!((y, by_0, by_1), ([3.0, 12.0], [6.0, 0.0], [0.0, 12.0]));

        let mut by = [0.0; 4];
        dscale_vector(&[1.0, 2.0], &[1.0, 0.0, 0.0, 1.0], 3.0, &mut y, &mut by);
        assert_eq!(by, [6.0, 0.0, 0.0, 12.0]);
    }

    #[test]
    fn vectors_and_a_result() {
        assert_eq!(dsum(&[1.0, 2.0], &[1.0, 0.0, 0.0, 1.0]), [2.0, 4.0]);
        assert_eq!(dsum_value(&[1.0, 2.0], &[1.0, 1.0]), (5.0, 6.0));
    }

    #[test]
    #[should_panic(
        expected = "the shadow `bx_0` has 3 elements, but 2 lanes of `x` need 2 times 2 elements"
    )]
    fn short_vectors_are_refused() {
        dsum(&[1.0, 2.0], &[1.0; 3]);
    }

    #[test]
    fn forward_over_reverse_is_a_hessian_vector_product() {
        let (mut out, mut bout) = ([0.0; 2], [0.0; 2]);
        hessian_vector(&[1.0, 2.0], &[1.0, 10.0], &mut out, &mut bout);

        assert_eq!((out, bout), ([5.0, 13.0], [16.0, 121.0]));
    }
}
