#[repr(C)]
#[derive(Clone, Copy)]
struct State {
    values: [f64; 3],
    steps: u64,
}

#[inline(never)]
extern "C" fn advance(mut state: State, by: f64) -> f64 {
    let at = (state.steps % 3) as usize;
    state.values[at] *= state.values[(at + 1) % 3];
    state.values[2] += by;
    state.values[0] * state.values[1] + state.values[2] * state.values[at]
}

extern "C" fn doubled(mut state: State, by: f64) -> f64 {
    state.values[0] *= 2.0 * by;
    state.values[0] * state.values[1]
}

#[inline(never)]
extern "C" fn halved(mut state: State, of: State) -> State {
    for (value, other) in state.values.iter_mut().zip(of.values) {
        *value = 0.5 * *value * other;
    }
    state.steps += of.steps;
    state
}

pub const N: usize = 4;
pub fn f(x: &[f64]) -> f64 {
    let calls: [extern "C" fn(State, f64) -> f64; 2] = [advance, doubled];
    let mut state = State { values: [x[0], 2.0, x[1]], steps: x.len() as u64 };
    let mut sum = 0.0;
    for (i, &by) in x.iter().enumerate() {
        sum += advance(state, by) * state.values[0] + calls[i % 2](state, by);
        state.values[i % 3] += 0.1 * by;
        state = halved(state, state);
    }
    sum + state.values.iter().sum::<f64>()
}
