//! Elements that a condition chooses, and loops inside of loops over them.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let chosen: Vec<f64> = x.iter().filter(|x| **x > 0.4).map(|x| x.sin()).collect();
    let mut state = x[0];
    for _ in 0..3 {
        for v in &chosen {
            state = (state * v + 0.3).sin();
        }
    }
    state
}
