//! Structures with an integer among floats, returned by functions that stay calls, of which only floats are read.

pub const N: usize = 4;

#[derive(Clone, Copy)]
struct Mixed {
    a: f64,
    count: usize,
    b: [f64; 3],
    c: f64,
}

impl Mixed {
    #[inline(never)]
    fn turned(self, v: f64) -> Mixed {
        Mixed {
            a: self.c,
            count: 0,
            b: [self.b[2], self.b[2] * v, self.b[1]],
            c: 1.0,
        }
    }
    fn sum(&self) -> f64 {
        self.a + self.c + self.b.iter().sum::<f64>()
    }
}

#[inline(never)]
fn mixed(p: f64, q: f64) -> f64 {
    let mut s = Mixed {
        a: 1.0f64.sinh().tanh(),
        count: 0,
        b: [p, q, 1.0],
        c: q,
    };
    s = s.turned(q);
    s.sum()
}

pub fn f(x: &[f64]) -> f64 {
    let first: Vec<f64> = x.to_vec();
    let value = mixed(x[0], x[1] * x[2]);
    let last = x.iter().map(|_| first[0]).last().unwrap_or(0.1);
    value * last
        + Mixed {
            a: value,
            count: 3,
            b: [x[3]; 3],
            c: last,
        }
        .turned(x[1])
        .sum()
}
