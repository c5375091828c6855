//! Results of a number or a count that a loop carries, the numbers straight out of what it goes over.

pub const N: usize = 5;

fn one_of_them(x: &[f64]) -> f64 {
    let mut sum = 0.4;
    let mut last: Result<f64, usize> = Err(1);
    for (i, &v) in x.iter().enumerate() {
        match last {
            Ok(z) => sum = 0.5 * sum + 0.3 * z,
            Err(j) => sum += 0.1 * j as f64,
        }
        last = if sum < v { Ok(x[1]) } else { Err(i) };
    }
    sum
}

fn in_turn(x: &[f64]) -> f64 {
    let mut sum = 0.2;
    let mut last: Result<f64, usize> = Err(0);
    for k in 0..x.len() {
        let now = if k % 2 == 0 { Ok(x[k]) } else { Err(k) };
        match (last, now) {
            (Ok(a), Err(b)) => sum += a * b as f64,
            (Err(b), Ok(a)) => sum = sum * 0.9 + a * (1.0 + b as f64),
            _ => {}
        }
        last = now;
    }
    sum
}

#[derive(Clone, Copy)]
enum State {
    Number(f64),
    Count(i64),
    Nothing,
}

fn of_an_enum(x: &[f64]) -> f64 {
    let mut state = State::Nothing;
    let mut sum = 0.1;
    for (i, v) in x.iter().enumerate() {
        state = match state {
            State::Nothing => State::Number(*v),
            State::Number(w) => {
                sum += w * v;
                if i % 2 == 1 {
                    State::Count(-(i as i64))
                } else {
                    State::Number(x[0])
                }
            }
            State::Count(k) => {
                sum += k as f64 * v;
                State::Nothing
            }
        };
    }
    match state {
        State::Number(w) => sum + w,
        _ => sum,
    }
}

pub fn f(x: &[f64]) -> f64 {
    one_of_them(x) + 2.0 * in_turn(x) + 3.0 * of_an_enum(x)
}
