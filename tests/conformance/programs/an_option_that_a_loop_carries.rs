//! What an earlier iteration has seen, if any has: the last chosen element, its index, a sum until then.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let mut last: Option<(usize, f64)> = None;
    let mut products = 0.0;
    for (i, number) in x.iter().enumerate() {
        if *number > 0.5 {
            if let Some((before, chosen)) = last {
                products += chosen * number * (i - before) as f64;
            }
            last = Some((i, *number));
        }
    }
    let mut line: Option<(f64, f64)> = None;
    let mut sum = 0.0;
    for number in x {
        if let Some((slope, start)) = line {
            sum += slope * number + start;
        }
        if *number > 0.5 {
            line = Some((number.sin(), sum));
        }
    }
    products + sum
}
