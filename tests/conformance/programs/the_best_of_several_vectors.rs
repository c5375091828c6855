//! A vector that is made anew again and again, and the best of them, if there is one yet.

pub const N: usize = 4;

fn squares(numbers: &[f64]) -> f64 {
    numbers.iter().map(|number| number * number).sum()
}

pub fn f(x: &[f64]) -> f64 {
    let mut current: Vec<f64> = x.iter().map(|number| number * 1.5).collect();
    let mut best: Option<Vec<f64>> = None;
    let mut sum = 0.0;
    for k in 0..4 {
        let next: Vec<f64> = current.iter().map(|number| number * (0.4 + 0.3 * k as f64)).collect();
        if squares(&next) > 1.0 {
            if let Some(kept) = &best {
                sum += kept[0] * next[1];
            }
            best = Some(std::mem::replace(&mut current, next));
        } else {
            sum += squares(&next);
        }
    }
    sum + best.map_or(1.0, |kept| kept[1] * kept[0])
}
