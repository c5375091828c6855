//! How long an inner loop is, is a quotient, a rest or a vector's length that only a condition lets be asked.

pub const N: usize = 5;

fn bins(x: &[f64], width: usize) -> f64 {
    let n = x.len();
    let mut state: f64 = 0.3;
    for i in 0..n {
        state += x[i] * state.sin();
        if width != 0 {
            for j in 0..n / width {
                state = state * 0.9 + x[j] * state.cos() * 0.1;
            }
            for j in 0..(n + 1) % width {
                state = state * 0.8 + x[j] * state.sin() * 0.2;
            }
        }
    }
    state
}

#[inline(never)]
fn weighted(x: &[f64], weights: Option<&Vec<f64>>) -> f64 {
    let mut state: f64 = 0.3;
    for number in x {
        state += number * state.sin();
        if let Some(weights) = weights {
            for weight in weights.iter() {
                state = state * 0.9 + weight * state.cos() * 0.1;
            }
        }
    }
    state
}

pub fn f(x: &[f64]) -> f64 {
    let weights = vec![x[0], x[1]];
    bins(x, x.len() - 3) + bins(x, x.len() - 5) + weighted(x, Some(&weights)) * weighted(x, None)
}
