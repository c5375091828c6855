//! Small counters that wrap around before they reach the end, and once round a ring.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let end = x.len() + 245;
    let mut k = 10u8;
    let mut state: f64 = 0.3;
    while (k as usize) < end {
        state = state * 0.9 + x[(k & 3) as usize] * state.sin();
        k = k.wrapping_add(100);
    }
    let to = x.len() & 3;
    let mut i = 5;
    while i != to + 1 {
        i = (i & 7) + 1;
        state = state * 0.9 + x[i % x.len()] * state.sin();
    }
    state
}
