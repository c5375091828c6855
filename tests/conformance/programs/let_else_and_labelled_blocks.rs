//! Let else and labelled blocks.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let Some(first) = x.iter().find(|x| **x > 0.4) else {
        return x[0];
    };
    let scaled = 'found: {
        for x in &x[1..] {
            if x * first > 0.5 {
                break 'found x * x * first;
            }
        }
        first.sin()
    };
    scaled * x[5] + first
}
