//! Function pointers and closures kept in structures.

pub const N: usize = 4;

struct Layer<'a> {
    step: fn(f64, bool) -> f64,
    scale: &'a dyn Fn(f64) -> (f64, u8),
    weight: f64,
}

fn soft(v: f64, up: bool) -> f64 {
    if up {
        v.tanh()
    } else {
        0.25
    }
}

fn square(v: f64, up: bool) -> f64 {
    if up {
        v * v
    } else {
        v
    }
}

pub fn f(x: &[f64]) -> f64 {
    let double = |v: f64| (v * 2.0 + x[0], 2);
    let plain = |v: f64| (v, (v > 0.5) as u8);
    let layers: Vec<Layer> = x
        .iter()
        .enumerate()
        .map(|(i, v)| Layer {
            step: if i % 2 == 0 { soft } else { square },
            scale: if i < 2 { &double } else { &plain },
            weight: *v,
        })
        .collect();
    let mut all = 1.0;
    for (i, layer) in layers.iter().enumerate() {
        let (scaled, count) = (layer.scale)(all * layer.weight);
        all = (layer.step)(scaled, i != 2) + count as f64 * layer.weight;
    }
    all
}
