//! What is constant among the arguments of a trait's methods: numbers, tables, a vector, the objects themselves.

pub const N: usize = 3;

static TABLE: [f64; 3] = [0.5, 1.5, 2.5];

trait Rule {
    fn apply(&self, table: &[f64], v: f64, k: f64) -> f64;
}

struct Times(f64);

struct Plus(usize, f64);

impl Rule for Times {
    fn apply(&self, table: &[f64], v: f64, k: f64) -> f64 {
        self.0 * table[0] * v + k
    }
}

impl Rule for Plus {
    fn apply(&self, table: &[f64], v: f64, k: f64) -> f64 {
        self.1 * self.0 as f64 + table[1] * v * k
    }
}

pub fn f(x: &[f64]) -> f64 {
    let own = vec![2.0, 3.0];
    let active: [Box<dyn Rule>; 2] = [Box::new(Times(x[0])), Box::new(Plus(2, x[1]))];
    let constant: Vec<Box<dyn Rule>> = (0..3)
        .map(|i| -> Box<dyn Rule> {
            if i % 2 == 0 {
                Box::new(Times(0.5 + i as f64))
            } else {
                Box::new(Plus(i, 1.5))
            }
        })
        .collect();
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        sum += active[i % 2].apply(&TABLE, *v, i as f64);
        sum += active[(i + 1) % 2].apply(&own, *v, 0.5);
        sum *= constant[i % 3].apply(&own, *v, 0.25);
        sum += active[i % 2].apply(&TABLE, 0.75, *v) + constant[0].apply(x, 0.5, 1.0);
    }
    sum
}
