//! Loops whose bound moves, too: two indices that meet, a vector that becomes shorter, a limit that is halved.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let (mut low, mut high) = (0, x.len() - 1);
    let mut state: f64 = 0.2;
    while low < high {
        state = state * x[low] + x[high].sin() * state;
        low += 1;
        high -= 1;
    }
    let mut numbers = x.to_vec();
    let mut i = 0;
    while i < numbers.len() {
        state += numbers[i] * state;
        numbers.truncate(numbers.len() - 1);
        i += 1;
    }
    let (mut limit, mut steps) = (x.len() * 2, 0);
    loop {
        state = state * 0.9 + state.sin() * x[0];
        limit = limit / 2 + 1;
        steps += 1;
        if steps >= limit {
            break;
        }
    }
    state
}
