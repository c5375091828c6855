//! A function fills an array and reads it at a place that is computed; it is too large to be inlined twice.

pub const N: usize = 3;

fn turned(x: f64) -> f64 {
    let mut p = x;
    p = 0.5 - 0.3 * p * p;
    p = 0.5 - 0.3 * p * p;
    p = 0.5 - 0.3 * p * p;
    p = 0.5 - 0.3 * p * p;
    p = 0.5 - 0.3 * p * p;
    p = 0.5 - 0.3 * p * p;
    p = 0.5 - 0.3 * p * p;
    p = 0.5 - 0.3 * p * p;
    p
}

fn of_a_buffer(buffer: &mut [f64; 4], x: f64, place: f64) -> f64 {
    buffer[0] = x * x;
    buffer[1] = x * 3.0;
    buffer[2] = x + 1.0;
    buffer[3] = x - 2.0;
    let place = place as usize;
    buffer[place & 3] * buffer[(place + 1) & 3] * turned(turned(turned(x)))
}

fn of_its_own(mut buffer: [f64; 4], x: f64, place: f64) -> f64 {
    buffer[0] = x * x;
    buffer[1] = x * 3.0;
    buffer[2] = x + 1.0;
    buffer[3] = x - 2.0;
    let place = place as usize;
    buffer[place & 3] * buffer[(place + 1) & 3] * turned(turned(turned(x)))
}

pub fn f(x: &[f64]) -> f64 {
    let (mut first, mut second) = ([0.0; 4], [0.0; 4]);
    let filled = of_a_buffer(&mut first, x[0], 1.0) * of_a_buffer(&mut second, x[1], 2.0);
    let given = of_its_own([0.0; 4], x[1], 1.0) * of_its_own([0.0; 4], x[2], 2.0);
    filled + given
}
