//! Pairs of single precision behind pointers.

type F = f32;
pub const N: usize = 4;

trait Pair {
    fn both(&self, v: F, n: i16) -> (F, F);
    fn maybe(&self, v: F) -> Option<F>;
}

struct Left(F);
struct Right {
    n: i32,
    r: F,
}

impl Pair for Left {
    fn both(&self, v: F, n: i16) -> (F, F) {
        (v * self.0, n as F)
    }
    fn maybe(&self, v: F) -> Option<F> {
        (v > 0.5).then_some(v * self.0)
    }
}
impl Pair for Right {
    fn both(&self, v: F, n: i16) -> (F, F) {
        (self.r + n as F, v * v)
    }
    fn maybe(&self, v: F) -> Option<F> {
        if self.n > 1 {
            Some(self.r * v)
        } else {
            None
        }
    }
}

pub fn f(x: &[F]) -> F {
    let all: [Box<dyn Pair>; 3] = [
        Box::new(Left(x[0])),
        Box::new(Right { n: 1, r: x[1] }),
        Box::new(Right { n: 2, r: x[2] }),
    ];
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        let pair = &all[i % 3];
        let (a, b) = pair.both(*v, i as i16);
        sum += a * b + pair.maybe(*v).unwrap_or(0.5);
    }
    sum
}
