//! A hand: a wrist, five fingers of four bones each with three joint angles, and `size` points fixed to the bones; the
//! square of the points' distance from where they should be.
//!
//! x: three angles for the wrist and for each bone, then the wrist's place.

use crate::kernel::Kernel;
use crate::numbers::Numbers;
use autodiff::autodiff_reverse;

const FINGERS: usize = 5;
const BONES: usize = 4;
const JOINTS: usize = 1 + FINGERS * BONES;

type Vector = [f64; 3];

/// A rotation by rows, and a place.
#[derive(Clone, Copy)]
struct Pose {
    rows: [Vector; 3],
    place: Vector,
}

/// A point in its bone's frame, and where it should be.
struct Point {
    bone: usize,
    local: Vector,
    target: Vector,
}

pub fn kernel(version: &str, size: usize) -> Option<Kernel> {
    let mut numbers = Numbers::new();
    let x = numbers.take(3 * JOINTS + 3, 0.5);
    let vector = |numbers: &mut Numbers| [numbers.uniform(), numbers.uniform(), numbers.uniform()];
    let points = || -> Vec<Point> {
        let mut numbers = Numbers::new();
        (0..size)
            .map(|i| Point {
                bone: i % (FINGERS * BONES),
                local: vector(&mut numbers),
                target: vector(&mut numbers),
            })
            .collect()
    };
    let (once, again) = (points(), points());
    Some(match version {
        "plain" => Kernel::new(
            x,
            move |x| misfit(&once, x),
            move |x, dx| dmisfit(&again, x, dx, 1.0),
        ),
        _ => return None,
    })
}

#[autodiff_reverse(dmisfit, Const, Duplicated, Active)]
fn misfit(points: &[Point], x: &[f64]) -> f64 {
    let (angles, place) = x.split_at(3 * JOINTS);
    let wrist = Pose {
        rows: rotation(&angles[..3]),
        place: [place[0], place[1], place[2]],
    };
    let mut poses = Vec::with_capacity(FINGERS * BONES);
    for (finger, joints) in angles[3..].chunks_exact(3 * BONES).enumerate() {
        let mut pose = wrist;
        let mut offset = [0.2 * finger as f64, 1.0, 0.0];
        for joint in joints.chunks_exact(3) {
            pose = Pose {
                rows: product(&pose.rows, &rotation(joint)),
                place: moved(&pose, &offset),
            };
            poses.push(pose);
            offset = [0.0, 0.5, 0.0];
        }
    }
    points
        .iter()
        .map(|point| distance(&moved(&poses[point.bone], &point.local), &point.target))
        .sum()
}

/// Euler's angles, about x, then y, then z.
fn rotation(angles: &[f64]) -> [Vector; 3] {
    let (sx, cx) = (angles[0].sin(), angles[0].cos());
    let (sy, cy) = (angles[1].sin(), angles[1].cos());
    let (sz, cz) = (angles[2].sin(), angles[2].cos());
    [
        [cy * cz, sx * sy * cz - cx * sz, cx * sy * cz + sx * sz],
        [cy * sz, sx * sy * sz + cx * cz, cx * sy * sz - sx * cz],
        [-sy, sx * cy, cx * cy],
    ]
}

fn product(a: &[Vector; 3], b: &[Vector; 3]) -> [Vector; 3] {
    a.map(|row| [0, 1, 2].map(|j| row[0] * b[0][j] + row[1] * b[1][j] + row[2] * b[2][j]))
}

fn moved(pose: &Pose, local: &Vector) -> Vector {
    [0, 1, 2].map(|i| {
        pose.place[i]
            + pose.rows[i]
                .iter()
                .zip(local)
                .map(|(r, l)| r * l)
                .sum::<f64>()
    })
}

fn distance(a: &Vector, b: &Vector) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}
