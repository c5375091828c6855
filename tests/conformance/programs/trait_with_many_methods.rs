//! A trait whose methods take and return what is not a float: truth values, narrow integers, references, nothing.

pub const N: usize = 4;

trait Step {
    fn go(&mut self, at: usize, y: &mut [f64], more: bool);
    fn last(&self) -> Option<&f64>;
    fn all(&self) -> &[f64];
    fn first(&mut self) -> &mut f64;
    fn name(&self) -> &str;
    fn tag(&self) -> char;
    fn small(&self, of: i8) -> i8;
    fn is_done(&self, flag: bool, n: u8) -> bool;
}

struct Keeping {
    kept: [f64; 9],
    len: usize,
}

impl Step for Keeping {
    fn go(&mut self, at: usize, y: &mut [f64], more: bool) {
        y[at] *= y[0];
        if more {
            self.kept[self.len] = y[at];
            self.len += 1;
        }
    }
    fn last(&self) -> Option<&f64> {
        self.all().last()
    }
    fn all(&self) -> &[f64] {
        &self.kept[..self.len]
    }
    fn first(&mut self) -> &mut f64 {
        &mut self.kept[0]
    }
    fn name(&self) -> &str {
        "keeping"
    }
    fn tag(&self) -> char {
        'a'
    }
    fn small(&self, of: i8) -> i8 {
        of - 1
    }
    fn is_done(&self, flag: bool, n: u8) -> bool {
        flag && self.len > n as usize
    }
}

struct Counting(f64, i8);

impl Step for Counting {
    fn go(&mut self, at: usize, y: &mut [f64], more: bool) {
        self.0 += y[at];
        self.1 -= 1;
        if more {
            y[at] = self.0;
        }
    }
    fn last(&self) -> Option<&f64> {
        None
    }
    fn all(&self) -> &[f64] {
        std::slice::from_ref(&self.0)
    }
    fn first(&mut self) -> &mut f64 {
        &mut self.0
    }
    fn name(&self) -> &str {
        "counting"
    }
    fn tag(&self) -> char {
        'b'
    }
    fn small(&self, of: i8) -> i8 {
        self.1 * of
    }
    fn is_done(&self, flag: bool, n: u8) -> bool {
        flag || self.0 > n as f64
    }
}

pub fn f(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let mut steps: [Box<dyn Step>; 2] = [
        Box::new(Keeping {
            kept: [x[3]; 9],
            len: 1,
        }),
        Box::new(Counting(x[1], 3)),
    ];
    for i in 0..x.len() * 2 {
        steps[i % 2].go(i / 2, &mut y, i != 4);
    }
    let mut sum = 0.0;
    for (i, step) in steps.iter_mut().enumerate() {
        *step.first() *= 1.5;
        if let Some(last) = step.last() {
            sum += last * if step.tag() == 'a' { 2.0 } else { 3.0 };
        }
        if !step.is_done(i == 0, i as u8 + 1) {
            sum *= x[0];
        }
        let all = step.all().iter().sum::<f64>();
        sum += all * step.small(2) as f64 * step.name().len() as f64;
    }
    sum + y.iter().sum::<f64>()
}
