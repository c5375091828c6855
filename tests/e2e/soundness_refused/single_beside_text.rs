//! A result in single precision whose error is a text, carried by a loop.
use autodiff::autodiff_reverse;

fn square(v: f32) -> Result<f32, String> {
    if v > 50.0 {
        Err(format!("{v:.2} is too large"))
    } else {
        Ok(v * v)
    }
}

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f32]) -> f32 {
    let mut last: Result<f32, String> = Err("none".into());
    for v in x {
        last = square(*v).and_then(|square_of| square(square_of * 0.5));
    }
    last.unwrap_or(0.0)
}

fn main() {
    let mut gradient = [0.0; 2];
    df(&[1.0, 2.0], &mut gradient, 1.0);
    println!("{gradient:?}");
}
