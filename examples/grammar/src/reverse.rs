//! Reverse mode: activities, results, seeds, widths.

use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Active, Active, Active)]
#[autodiff_reverse(df_only, Active, Active, ActiveOnly)]
#[autodiff_reverse(df_x, Active, Const, ActiveOnly)]
#[autodiff_reverse(df_const, Const, Const, Active)]
fn f(x: f64, y: f64) -> f64 {
    x * x * y + y.sin()
}

#[autodiff_reverse(dsquares, Duplicated, Active)]
#[autodiff_reverse(dsquares_only, Duplicated, ActiveOnly)]
fn squares(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum()
}

#[autodiff_reverse(dmany, Duplicated, Duplicated)]
#[autodiff_reverse(dmany_batch, 2, Duplicated, Duplicated)]
fn many(x: &[f64], y: &mut [f64; 2]) {
    y[0] = x[0] * x[1];
    y[1] = x[0] + 3.0 * x[1];
}

#[autodiff_reverse(daccumulate, Duplicated, Duplicated)]
fn accumulate(x: &f64, y: &mut f64) {
    *y += *x * *x;
}

#[autodiff_reverse(dmixed, Active, Duplicated, Const, Active)]
fn mixed(x: f32, y: &[f32], n: usize) -> f32 {
    x * y[..n].iter().sum::<f32>()
}

#[autodiff_reverse(doverwrite, Duplicated, Const)]
fn overwrite(x: &mut [f64]) -> usize {
    for x in x.iter_mut() {
        *x = *x * *x;
    }
    x.len()
}

#[autodiff_reverse(dwithout_result, Active, Duplicated)]
fn without_result(x: f64, y: &mut f64) {
    *y = x * x * x;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars() {
        let (x, y) = (3.0_f64, 2.0_f64);
        let (value, dx, dy) = df(x, y, 1.0);

        assert_eq!(value, f(x, y));
        assert_eq!((dx, dy), (12.0, 9.0 + y.cos()));
    }

    #[test]
    fn seed_scales_every_gradient() {
        assert_eq!(df_only(3.0, 0.0, 0.5), (0.0, 5.0));
        assert_eq!(df_x(3.0, 2.0, -2.0), -24.0);
    }

    #[test]
    fn nothing_active_leaves_the_value() {
        assert_eq!(df_const(3.0, 0.0, 1.0), 0.0);
    }

    #[test]
    fn shadows_accumulate() {
        let mut dx = [100.0; 3];

        assert_eq!(dsquares(&[1.0, 2.0, 3.0], &mut dx, 1.0), 14.0);
        assert_eq!(dx, [102.0, 104.0, 106.0]);
        dsquares_only(&[1.0, 2.0, 3.0], &mut dx, 10.0);
        assert_eq!(dx, [122.0, 144.0, 166.0]);
    }

    #[test]
    fn a_longer_shadow_is_left_alone_at_its_end() {
        let mut dx = [7.0; 4];
        dsquares(&[1.0, 2.0, 3.0], &mut dx, 1.0);

        assert_eq!(dx, [9.0, 11.0, 13.0, 7.0]);
    }

    #[test]
    #[should_panic(expected = "dsquares: the shadow `dx_0` has 2 elements, but `x` has 3 elements")]
    fn a_shorter_shadow_is_refused() {
        dsquares(&[1.0, 2.0, 3.0], &mut [0.0; 2], 1.0);
    }

    #[test]
    fn overwritten_outputs_lose_their_seed() {
        let (mut y, mut dx, mut dy) = ([0.0; 2], [0.0; 2], [1.0, 10.0]);
        dmany(&[2.0, 5.0], &mut dx, &mut y, &mut dy);

        assert_eq!((y, dx, dy), ([10.0, 17.0], [15.0, 32.0], [0.0; 2]));
    }

    #[test]
    fn width_makes_the_jacobian() {
        let (mut y, mut dx_0, mut dx_1) = ([0.0; 2], [0.0; 2], [0.0; 2]);
        let (mut dy_0, mut dy_1) = ([1.0, 0.0], [0.0, 1.0]);
        dmany_batch(
            &[2.0, 5.0],
            &mut dx_0,
            &mut dx_1,
            &mut y,
            &mut dy_0,
            &mut dy_1,
        );

        assert_eq!((y, dx_0, dx_1), ([10.0, 17.0], [5.0, 2.0], [1.0, 3.0]));
        assert_eq!((dy_0, dy_1), ([0.0; 2], [0.0; 2]));
    }

    #[test]
    fn accumulated_outputs_keep_their_seed() {
        let (mut y, mut dx, mut dy) = (1.0, 0.0, 2.0);
        daccumulate(&3.0, &mut dx, &mut y, &mut dy);

        assert_eq!((y, dx, dy), (10.0, 12.0, 2.0));
    }

    #[test]
    fn single_precision_and_a_count() {
        let mut dy = [0.0_f32; 3];

        assert_eq!(dmixed(2.0, &[1.0, 2.0, 4.0], &mut dy, 2, 1.0), (6.0, 3.0));
        assert_eq!(dy, [2.0, 2.0, 0.0]);
    }

    #[test]
    fn in_place_and_a_constant_result() {
        let (mut x, mut dx) = ([3.0, 4.0], [1.0, 1.0]);

        assert_eq!(doverwrite(&mut x, &mut dx), 2);
        assert_eq!((x, dx), ([9.0, 16.0], [6.0, 8.0]));
    }

    #[test]
    fn one_gradient_is_no_tuple() {
        let (mut y, mut dy) = (0.0, 1.0);

        assert_eq!(dwithout_result(2.0, &mut y, &mut dy), 12.0);
        assert_eq!((y, dy), (8.0, 0.0));
    }
}
