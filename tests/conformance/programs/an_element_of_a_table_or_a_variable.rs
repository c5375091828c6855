//! Elements of tables that begin with a zero, each chosen or not.

pub const N: usize = 3;

static WEIGHTS: [f64; 5] = [0.0, 0.13, 1.33, 0.85, 0.74];

static NAMED: [(&str, f64); 5] = [
    ("none", 0.0),
    ("some", 0.7),
    ("more", 1.1),
    ("all", 0.4),
    ("too much", 1.6),
];

struct Model {
    weights: [f64; 4],
    name: &'static str,
}

static MODEL: Model = Model {
    weights: [0.0, 0.9, 1.7, 0.2],
    name: "model",
};

pub struct Triple {
    chosen: f64,
    modelled: f64,
    named: f64,
}

pub fn f(x: &[f64]) -> f64 {
    let a = x[0] * x[1] + x[2] + 0.8;
    let triples: Vec<Triple> = (0..x.len() * 4)
        .map(|i| Triple {
            chosen: if a > 1.31 {
                WEIGHTS[i % WEIGHTS.len()]
            } else {
                a
            },
            modelled: if a > 1.33 {
                MODEL.weights[i % MODEL.name.len() % 4]
            } else {
                a * a
            },
            named: if a > 1.32 {
                NAMED[i % NAMED.len()].1
            } else {
                a
            },
        })
        .collect();
    let sum: f64 = triples
        .iter()
        .enumerate()
        .map(|(i, triple)| {
            (1 + i % 3) as f64
                * ((0.3 * triple.chosen).sin() + (0.2 * triple.named).cos() * triple.modelled)
        })
        .sum();
    sum + 0.5 * a
}
