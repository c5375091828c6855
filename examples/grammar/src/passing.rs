//! Values of every shape: arrays, tuples, structs, vectors, patterns.

use autodiff::{autodiff_forward, autodiff_reverse, Differentiable};

#[autodiff_reverse(darrays, Active, Active)]
fn arrays(x: [f64; 3]) -> [f64; 2] {
    [x[0] * x[1], x[2] * x[2]]
}

#[autodiff_reverse(dtuples, Active, Const, Active)]
fn tuples((x, y): (f64, [f64; 2]), _: bool) -> (f64, f64) {
    (x * y[0], y[1])
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Point {
    x: f64,
    y: f64,
}

impl Differentiable for Point {
    const ZERO: Self = Point { x: 0.0, y: 0.0 };
}

#[autodiff_reverse(dstructs, Active, Active)]
#[autodiff_forward(fstructs, Dual, Dual)]
fn structs(Point { x, y }: Point) -> Point {
    Point { x: x * y, y: x + y }
}

type Many = [f64; 20];

#[autodiff_reverse(daliases, Active, ActiveOnly)]
fn aliases(x: Many) -> f64 {
    x.iter().map(|x| x * x).sum()
}

#[autodiff_reverse(dvectors, Duplicated, Const, Active)]
#[allow(clippy::ptr_arg)]
fn vectors(x: &Vec<f64>, words: Vec<String>) -> f64 {
    let scale = words.iter().map(String::len).sum::<usize>() as f64;
    x.iter().map(|x| scale * x).sum()
}

#[autodiff_forward(fvectors, Dual, Dual)]
fn moved(x: Vec<f64>) -> f64 {
    x.iter().map(|x| x * x).sum()
}

#[autodiff_reverse(dlabelled, Active, Const, Const)]
fn labelled(x: f64, label: String) -> String {
    if x > 1.0 {
        label
    } else {
        String::new()
    }
}

#[autodiff_reverse(dmutable, Active, Const, Active)]
fn mutable(mut x: f64, n: u8) -> f64 {
    for _ in 0..n {
        x *= x;
    }
    x
}

#[autodiff_forward(fempty, Const, Dual, Const, Dual)]
#[autodiff_reverse(dempty, Const, Active, Const, Active)]
fn empty(_: (), x: f64, _: std::marker::PhantomData<f64>) -> f64 {
    x * x
}

#[autodiff_forward(fgrowing, Dual, Dual)]
fn growing(x: &[f64], squares: &mut Vec<f64>) {
    squares.extend(x.iter().map(|x| x * x));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_by_value() {
        assert_eq!(
            darrays([2.0, 3.0, 4.0], [1.0, 10.0]),
            ([6.0, 16.0], [3.0, 2.0, 80.0])
        );
    }

    #[test]
    fn tuples_by_value() {
        let (value, gradient) = dtuples((2.0, [3.0, 4.0]), true, (1.0, 10.0));

        assert_eq!((value, gradient), ((6.0, 4.0), (3.0, [2.0, 10.0])));
    }

    #[test]
    fn structs_by_value() {
        let (at, seed) = (Point { x: 2.0, y: 3.0 }, Point { x: 1.0, y: 10.0 });
        let value = Point { x: 6.0, y: 5.0 };

        assert_eq!(dstructs(at, seed), (value, Point { x: 13.0, y: 12.0 }));
        assert_eq!(fstructs(at, seed), (value, Point { x: 23.0, y: 11.0 }));
    }

    #[test]
    fn types_behind_aliases() {
        assert_eq!(daliases([1.5; 20], 1.0), [3.0; 20]);
    }

    #[test]
    fn vectors_by_reference() {
        let mut dx = vec![0.0; 2];
        let words = vec!["ab".to_owned(), "c".to_owned()];

        assert_eq!(dvectors(&vec![1.0, 2.0], &mut dx, words, 1.0), 9.0);
        assert_eq!(dx, [3.0, 3.0]);
    }

    #[test]
    #[should_panic(expected = "the shadow `dx_0` has 1 element, but `x` has 2 elements")]
    fn short_vectors_are_refused() {
        dvectors(&vec![1.0, 2.0], &mut vec![0.0], Vec::new(), 1.0);
    }

    #[test]
    fn vectors_grow_with_their_shadows() {
        let (mut y, mut dy) = (vec![5.0], vec![0.5]);
        fgrowing(&[1.0, 2.0], &[1.0, 10.0], &mut y, &mut dy);

        assert_eq!((y, dy), (vec![5.0, 1.0, 4.0], vec![0.5, 2.0, 40.0]));
    }

    #[test]
    #[should_panic(
        expected = "the shadow `bsquares_0` has 0 reserved places, but `squares` has 8 reserved places"
    )]
    fn shadows_without_room_to_grow_are_refused() {
        fgrowing(&[1.0], &[1.0], &mut Vec::with_capacity(8), &mut Vec::new());
    }

    #[test]
    fn vectors_by_value() {
        assert_eq!(fvectors(vec![1.0, 2.0], vec![1.0, 10.0]), (5.0, 42.0));
    }

    #[test]
    fn constant_results_of_any_type() {
        assert_eq!(dlabelled(1.5, "x".into()), ("x".into(), 0.0));
    }

    #[test]
    fn values_without_size() {
        let nothing = std::marker::PhantomData;

        assert_eq!(fempty((), 3.0, 1.0, nothing), (9.0, 6.0));
        assert_eq!(dempty((), 3.0, nothing, 1.0), (9.0, 6.0));
    }

    #[test]
    fn mutable_parameters() {
        assert_eq!(dmutable(2.0, 2, 1.0), (16.0, 32.0));
    }
}
