//! Trait objects of which one counts where another has a number of single precision.
trait Stage {
    fn take(&mut self, v: F) -> F;
    fn leave(&self) -> F;
}

struct Last(F);

struct Mean {
    sum: F,
    weight: F,
    count: usize,
}

impl Stage for Last {
    fn take(&mut self, v: F) -> F {
        self.0 = 0.5 * self.0 + v * v;
        self.0.sin()
    }
    fn leave(&self) -> F {
        self.0
    }
}

impl Stage for Mean {
    fn take(&mut self, v: F) -> F {
        self.count += 1;
        self.sum += self.weight * v;
        v
    }
    fn leave(&self) -> F {
        if self.count % 2 == 0 { self.sum } else { self.sum / self.count as F }
    }
}

pub type F = f32;
pub const N: usize = 5;

pub fn f(x: &[F]) -> F {
    let mut stages: Vec<Box<dyn Stage>> = Vec::new();
    for (i, v) in x.iter().enumerate() {
        if i % 2 == 0 {
            stages.push(Box::new(Last(*v)));
        } else {
            stages.push(Box::new(Mean { sum: 0.0, weight: *v, count: i }));
        }
    }
    for v in x {
        let mut carried = *v;
        for stage in stages.iter_mut() {
            carried = stage.take(carried);
        }
    }
    stages.iter().map(|stage| stage.leave()).sum()
}
