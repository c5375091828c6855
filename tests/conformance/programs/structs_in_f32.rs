//! Structs in f32.

pub const N: usize = 6;

type F = f32;

#[derive(Clone, Copy, Default)]
struct Point {
    x: F,
    y: F,
}

pub fn f(x: &[F]) -> F {
    let mut points = [Point::default(); 3];
    for (point, pair) in points.iter_mut().zip(x.chunks(2)) {
        *point = Point {
            x: pair[0],
            y: pair[1],
        };
    }
    points.swap(0, 2);
    points
        .windows(2)
        .map(|p| (p[0].x - p[1].x).hypot(p[0].y - p[1].y + 2.0))
        .sum()
}
