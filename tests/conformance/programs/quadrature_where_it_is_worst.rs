//! Adaptive quadrature: the interval with the largest error is halved, and copied out of a vector for it.

pub const N: usize = 3;

#[derive(Clone, Copy)]
struct Interval {
    from: f64,
    to: f64,
    value: f64,
    error: f64,
}

pub fn f(x: &[f64]) -> f64 {
    let inner = |t: f64| (x[0] * t).cos() / (1.0 + x[1] * x[1] * t * t) + x[2] * t.sqrt();
    let on = |from: f64, to: f64| {
        let (half, middle) = (0.5 * (to - from), 0.5 * (from + to));
        let points = [
            (-0.774596669241483, 5.0),
            (0.0, 8.0),
            (0.774596669241483, 5.0),
        ];
        let three = points
            .iter()
            .map(|(p, w)| w / 9.0 * inner(middle + half * p))
            .sum::<f64>()
            * half;
        let near = half * 0.577350269189626;
        let two = half * (inner(middle - near) + inner(middle + near));
        Interval {
            from,
            to,
            value: three,
            error: (three - two).abs(),
        }
    };
    let mut all = vec![on(0.0, 2.0)];
    while all.len() < 9 {
        let worst = all
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.error.total_cmp(&b.1.error));
        let (at, worst) = worst.map(|(at, interval)| (at, *interval)).unwrap();
        let middle = 0.5 * (worst.from + worst.to);
        all[at] = on(worst.from, middle);
        all.push(on(middle, worst.to));
    }
    all.iter().map(|interval| interval.value).sum()
}
