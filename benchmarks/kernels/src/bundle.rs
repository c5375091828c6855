//! ADBench's bundle adjustment: `size` weighted observations of points by ten cameras; the sum of the squares of
//! reprojection and weight errors.
//!
//! x: for each camera a rotation vector, its centre, focal length, principal point and two coefficients of distortion;
//! then the points, one for eight observations; then a weight for each observation.

use crate::kernel::Kernel;
use crate::numbers::Numbers;
use autodiff::autodiff_reverse;

const CAMERAS: usize = 10;
const CAMERA: usize = 11;

type Vector = [f64; 3];

/// Who saw what where.
struct Observation {
    camera: usize,
    point: usize,
    seen: [f64; 2],
}

pub fn kernel(version: &str, size: usize) -> Option<Kernel> {
    let mut numbers = Numbers::new();
    let points = size.div_ceil(8);
    let mut x = Vec::new();
    for _ in 0..CAMERAS {
        x.extend(numbers.take(3, 0.3));
        x.extend(numbers.take(2, 0.5));
        x.push(-4.0 + 0.5 * numbers.uniform());
        x.push(1.0 + 0.1 * numbers.uniform());
        x.extend(numbers.take(4, 0.01));
    }
    x.extend(numbers.take(3 * points, 1.0));
    x.extend((0..size).map(|_| 1.0 + 0.1 * numbers.uniform()));
    let observations = || -> Vec<Observation> {
        let mut numbers = Numbers::new();
        (0..size)
            .map(|i| Observation {
                camera: i % CAMERAS,
                point: i / 8,
                seen: [0.3 * numbers.uniform(), 0.3 * numbers.uniform()],
            })
            .collect()
    };
    let (once, again) = (observations(), observations());
    let (at, weights) = (CAMERAS * CAMERA, CAMERAS * CAMERA + 3 * points);
    Some(match version {
        "plain" => Kernel::new(
            x,
            move |x| {
                misfit(
                    &once,
                    x[..at].as_chunks().0,
                    x[at..weights].as_chunks().0,
                    &x[weights..],
                )
            },
            move |x, dx| {
                let (dcameras, rest) = dx.split_at_mut(at);
                let (dpoints, dweights) = rest.split_at_mut(weights - at);
                dmisfit(
                    &again,
                    x[..at].as_chunks().0,
                    dcameras.as_chunks_mut().0,
                    x[at..weights].as_chunks().0,
                    dpoints.as_chunks_mut().0,
                    &x[weights..],
                    dweights,
                    1.0,
                )
            },
        ),
        _ => return None,
    })
}

#[autodiff_reverse(dmisfit, Const, Duplicated, Duplicated, Duplicated, Active)]
fn misfit(
    observations: &[Observation],
    cameras: &[[f64; CAMERA]],
    points: &[Vector],
    weights: &[f64],
) -> f64 {
    let mut sum = 0.0;
    for (observation, weight) in observations.iter().zip(weights) {
        let [u, v] = project(&cameras[observation.camera], &points[observation.point]);
        let (across, down) = (
            weight * (u - observation.seen[0]),
            weight * (v - observation.seen[1]),
        );
        let surplus = 1.0 - weight * weight;
        sum += across * across + down * down + surplus * surplus;
    }
    sum
}

fn project(camera: &[f64; CAMERA], point: &Vector) -> [f64; 2] {
    let [rx, ry, rz, cx, cy, cz, focal, px, py, k1, k2] = camera;
    let [x, y, z] = rotate(
        &[*rx, *ry, *rz],
        &[point[0] - cx, point[1] - cy, point[2] - cz],
    );
    let (u, v) = (x / z, y / z);
    let square = u * u + v * v;
    let distortion = 1.0 + k1 * square + k2 * square * square;
    [u * distortion * focal + px, v * distortion * focal + py]
}

/// Rodrigues' formula.
fn rotate(by: &Vector, v: &Vector) -> Vector {
    let square = dot(by, by);
    if square == 0.0 {
        let c = cross(by, v);
        return [v[0] + c[0], v[1] + c[1], v[2] + c[2]];
    }
    let angle = square.sqrt();
    let (sine, cosine) = (angle.sin(), angle.cos());
    let axis = by.map(|b| b / angle);
    let c = cross(&axis, v);
    let along = dot(&axis, v) * (1.0 - cosine);
    [0, 1, 2].map(|i| v[i] * cosine + c[i] * sine + axis[i] * along)
}

fn dot(a: &Vector, b: &Vector) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn cross(a: &Vector, b: &Vector) -> Vector {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}
