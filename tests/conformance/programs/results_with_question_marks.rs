//! Results with question marks.

pub const N: usize = 4;

#[derive(Debug)]
enum Failure {
    Negative(f64),
    TooLarge,
}

#[inline(never)]
fn root(x: f64) -> Result<f64, Failure> {
    if x < 0.0 {
        Err(Failure::Negative(x))
    } else if x > 50.0 {
        Err(Failure::TooLarge)
    } else {
        Ok(x.sqrt())
    }
}

fn chain(x: &[f64]) -> Result<f64, Failure> {
    let mut s = root(x[0])?;
    for x in x {
        s = root(s + x * x)? * root(*x)?;
    }
    Ok(s)
}

pub fn f(x: &[f64]) -> f64 {
    match chain(x) {
        Ok(v) => v,
        Err(Failure::Negative(v)) => -v,
        Err(Failure::TooLarge) => 0.0,
    }
}
