//! Derivatives that check themselves under `cargo autodiff test --verify`: right ones, wrong ones, and those that cannot.
#![forbid(unsafe_code)]

/// Derivatives that are right, of every activity.
pub mod right {
    use autodiff::{autodiff_forward, autodiff_reverse};

    #[autodiff_reverse(d_by_value, Active, Const, Active, Active)]
    #[autodiff_forward(f_by_value, Dual, Const, Dual, Dual)]
    pub fn by_value(x: f64, n: usize, y: [f64; 2]) -> (f64, f64) {
        (x.sin() * y[0] + n as f64, y[1].exp() / x)
    }

    #[autodiff_reverse(d_in_place, Duplicated, Duplicated, Active)]
    #[autodiff_forward(f_in_place, Dual, Dual, Dual)]
    pub fn in_place(x: &mut [f64], by: &Vec<f64>) -> f64 {
        for (x, by) in x.iter_mut().zip(by) {
            *x *= *x * by;
        }
        x.iter().sum()
    }

    #[autodiff_reverse(d_lanes, 2, Duplicated, Duplicated)]
    #[autodiff_forward(f_lanes, 2, Dualv, Dualv)]
    pub fn lanes(x: &[f32], y: &mut [f32]) {
        y[0] += x[0] * x[1];
        y[1] = x[0] / x[1];
    }

    #[autodiff_forward(d_moved, Dual, Const, DualOnly)]
    pub fn moved(x: Vec<f64>, scales: &mut [i32]) -> f64 {
        scales[0] += 1;
        x.iter().sum::<f64>() * f64::from(scales[0])
    }

    #[autodiff_forward(hessian_column, Dual, Dual)]
    pub fn gradient(x: &[f64; 2], dx: &mut [f64; 2]) {
        d_cubic(x, dx, 1.0);
    }

    #[autodiff_reverse(d_cubic, Duplicated, Active)]
    fn cubic(x: &[f64; 2]) -> f64 {
        x[0] * x[0] * x[1]
    }
}

/// What comes through an integer has no derivative for a compiler, but a slope for whoever looks from afar.
pub mod wrong {
    use autodiff::{autodiff_forward, autodiff_reverse};

    #[autodiff_reverse(d_rounded, Active, ActiveOnly)]
    #[autodiff_forward(f_rounded, Dual, DualOnly)]
    pub fn rounded(x: f64) -> f64 {
        (x * 1e12) as i64 as f64 / 1e12
    }

    #[autodiff_reverse(d_in_part, Duplicated, Active)]
    pub fn in_part(x: &[f64]) -> f64 {
        x[0] * x[0] + rounded(x[1])
    }
}

/// What nobody knows how to vary, or where differences say nothing: there, only forward mode can tell.
pub mod unchecked {
    use autodiff::{autodiff_forward, autodiff_reverse};

    pub struct Point {
        pub x: f64,
    }

    #[autodiff_reverse(d_point, Duplicated, ActiveOnly)]
    pub fn point(at: &Point) -> f64 {
        at.x * at.x
    }

    #[autodiff_reverse(d_kink, Active, ActiveOnly)]
    #[autodiff_forward(f_kink, Dual, DualOnly)]
    pub fn kink(x: f64) -> f64 {
        if x >= 0.0 {
            x
        } else {
            -3.0 * x
        }
    }

    #[autodiff_reverse(d_shifted, Duplicated, Active)]
    pub fn shifted(x: &mut [f64]) -> f64 {
        x.copy_within(1.., 0);
        x[0] * x[1] + (x[0] - 1.0).abs()
    }

    #[autodiff_reverse(d_edge, Active, ActiveOnly)]
    #[autodiff_forward(f_edge, Dual, DualOnly)]
    pub fn edge(x: f64) -> f64 {
        assert!(x >= 1.0, "outside of the domain");
        x * x
    }
}

#[cfg(test)]
mod tests {
    use super::{right::*, unchecked::*, wrong::*};

    #[test]
    fn right_by_value() {
        d_by_value(0.7, 3, [2.0, 0.5], (1.0, -2.0));
        f_by_value(0.7, 1.0, 3, [2.0, 0.5], [0.3, -1.0]);
    }

    #[test]
    fn right_in_place_with_shadows_that_hold_something() {
        let by = vec![3.0, -1.0];
        d_in_place(
            &mut [1.0, 2.0],
            &mut [0.5, 4.0],
            &by,
            &mut vec![7.0, 8.0],
            -2.0,
        );
        f_in_place(&mut [1.0, 2.0], &mut [0.5, 4.0], &by, &vec![7.0, 8.0]);
    }

    #[test]
    fn right_in_every_lane() {
        let (mut y, [mut dy_0, mut dy_1]) = ([5.0, 6.0], [[1.0, 2.0], [3.0, -4.0]]);
        d_lanes(
            &[1.5, 2.5],
            &mut [0.0; 2],
            &mut [0.0; 2],
            &mut y,
            &mut dy_0,
            &mut dy_1,
        );
        f_lanes(&[1.5, 2.5], &[1.0, 2.0, 3.0, 4.0], &mut y, &mut [0.0; 4]);
    }

    #[test]
    fn right_with_what_is_moved_and_what_is_spoilt() {
        assert_eq!(d_moved(vec![1.0, 2.0], vec![1.0, 0.0], &mut [1]), 2.0);
    }

    #[test]
    fn right_in_second_order() {
        let mut column = [0.0; 2];
        hessian_column(&[3.0, 5.0], &[1.0, 0.0], &mut [0.0; 2], &mut column);

        assert_eq!(column, [10.0, 6.0]);
    }

    #[test]
    fn wrong_in_reverse() {
        assert_eq!(d_rounded(1.0, 1.0), 0.0);
    }

    #[test]
    fn wrong_in_forward() {
        assert_eq!(f_rounded(1.0, 1.0), 0.0);
    }

    #[test]
    fn wrong_in_part_of_the_inputs() {
        d_in_part(&[3.0, 2.0], &mut [0.0; 2], 1.0);
    }

    #[test]
    fn unchecked_types_kinks_and_edges() {
        d_point(&Point { x: 1.0 }, &mut Point { x: 0.0 }, 1.0);
        assert_eq!(d_kink(0.0, 1.0), 1.0);
        d_shifted(&mut [1.0, 1.0, 3.0], &mut [0.0; 3], 1.0);
        assert_eq!(d_edge(1.0, 1.0), 2.0);
        assert_eq!(f_kink(0.0, 1.0), 1.0);
        assert_eq!(f_edge(1.0, 1.0), 2.0);
    }
}
