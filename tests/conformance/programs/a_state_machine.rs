//! A state machine.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let (mut state, mut s, mut i) = (0, 1.0, 0);
    loop {
        let v = x[i % x.len()];
        state = match state {
            0 if v > 0.7 => 1,
            0 => {
                s += v;
                2
            }
            1 => {
                s *= v;
                if s > 8.0 {
                    return s.sqrt();
                }
                0
            }
            2 => {
                s *= 1.0 + v * v;
                3
            }
            _ if i > 11 => break,
            _ => 0,
        };
        i += 1;
    }
    s * x[0]
}
