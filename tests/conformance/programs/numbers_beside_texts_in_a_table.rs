//! A table of structures, whose numbers are kept in boxes and vectors beside others that count.

pub const N: usize = 4;

struct Layer {
    name: &'static str,
    weight: f64,
    activation: fn(f64) -> f64,
    kernel: &'static [f64],
}

fn square(v: f64) -> f64 {
    v * v
}

fn soft(v: f64) -> f64 {
    v / (1.0 + v * v)
}

static LAYERS: [Layer; 4] = [
    Layer {
        name: "in",
        weight: 0.41,
        activation: square,
        kernel: &[0.5, 1.2],
    },
    Layer {
        name: "middle",
        weight: 1.59,
        activation: soft,
        kernel: &[0.3],
    },
    Layer {
        name: "last",
        weight: 0.56,
        activation: square,
        kernel: &[0.25, 0.75, 2.1],
    },
    Layer {
        name: "out",
        weight: 0.0,
        activation: soft,
        kernel: &[],
    },
];

static SCALES: [f64; 4] = [0.41, 1.59, 0.56, 0.15];

trait Step {
    fn change(&mut self, by: f64);
    fn result(&self, of: f64) -> f64;
}

struct Plain(f64);

struct Counted {
    scale: f64,
    calls: usize,
}

impl Step for Plain {
    fn change(&mut self, by: f64) {
        self.0 = by * 0.5;
    }
    fn result(&self, of: f64) -> f64 {
        1.3 - self.0 * of
    }
}

impl Step for Counted {
    fn change(&mut self, _: f64) {
        self.calls += 1;
        self.scale *= 0.7;
    }
    fn result(&self, of: f64) -> f64 {
        if self.calls % 2 == 0 {
            0.85
        } else {
            self.scale * of
        }
    }
}

pub fn f(x: &[f64]) -> f64 {
    let mut steps: Vec<Box<dyn Step>> = Vec::new();
    for (i, scale) in SCALES.iter().enumerate() {
        if i % 2 == 1 {
            steps.push(Box::new(Plain(0.3)));
        } else {
            steps.push(Box::new(Counted {
                scale: *scale,
                calls: i,
            }));
        }
    }
    steps.iter_mut().for_each(|step| step.change(x[1]));
    let stepped: f64 = steps.iter().map(|step| step.result(x[2])).sum();

    let mut numbers = Vec::new();
    for (layer, x) in LAYERS.iter().zip(x) {
        numbers.push(if *x > 0.6 { layer.weight } else { x * 0.5 });
        numbers.extend_from_slice(layer.kernel);
        numbers.push((layer.activation)(*x) * layer.name.len() as f64);
    }
    for (i, number) in numbers.iter_mut().enumerate() {
        *number *= 0.5 + 0.1 * i as f64;
    }
    stepped + numbers.iter().map(|n| n * n).sum::<f64>()
}
