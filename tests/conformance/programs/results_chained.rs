//! Results chained.

pub const N: usize = 4;

#[inline(never)]
fn divided_or_code(a: f64, b: f64) -> Result<f64, i32> {
    if b < 0.4 {
        Err((b * 10.0) as i32)
    } else {
        Ok(a / b)
    }
}

pub fn f(x: &[f64]) -> f64 {
    let all =
        || -> Result<f64, i32> { Ok(divided_or_code(x[0], x[1])? * divided_or_code(x[1], x[2])?) };
    let mut s = all().unwrap_or(0.5);
    for x in x {
        s += match divided_or_code(s, *x) {
            Ok(v) => v * x,
            Err(code) => f64::from(code) * x,
        };
    }
    s
}
