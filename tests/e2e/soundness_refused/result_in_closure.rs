//! Calls that return `Result<f64, i32>`, chained with `?`.
use autodiff::autodiff_reverse;

#[inline(never)]
fn divided(a: f64, b: f64) -> Result<f64, i32> {
    if b < 0.4 {
        Err((b * 10.0) as i32)
    } else {
        Ok(a / b)
    }
}

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    let all = || -> Result<f64, i32> { Ok(divided(x[0], x[1])? * divided(x[1], x[2])?) };
    let mut s = all().unwrap_or(0.5);
    for x in x {
        s += match divided(s, *x) {
            Ok(v) => v * x,
            Err(code) => f64::from(code) * x,
        };
    }
    s
}

fn main() {
    println!("{:?}", df(&[1.0; 3], &mut [0.0; 3], 1.0));
}
