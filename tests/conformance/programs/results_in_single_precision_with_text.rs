//! Results in single precision whose errors are texts, carried by a loop, swapped, kept in a vector and passed by `?`.
pub const N: usize = 6;
type F = f32;
fn checked(v: F, i: usize) -> Result<F, String> {
    if i % 3 == 2 {
        Err("ab".repeat(i))
    } else {
        Ok(v * v)
    }
}
fn both(v: F, i: usize) -> Result<F, String> {
    let first = checked(v, i)?;
    let second = checked(first * 0.5, i + 1)?;
    Ok(first + second)
}
pub fn f(x: &[F]) -> F {
    let mut last: Result<F, String> = Err("none".to_string());
    let mut kept = Vec::new();
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        let next = checked(*v, i);
        sum += match (&last, &next) {
            (Ok(a), Ok(b)) => a * b,
            (Ok(a), Err(text)) => a * text.len() as F * 0.1,
            (Err(text), Ok(b)) => b * text.len() as F * 0.1,
            _ => *v,
        };
        let mut here = both(*v, i);
        std::mem::swap(&mut last, &mut here);
        kept.push(here);
        if i % 2 == 0 {
            last = next;
        }
    }
    kept.rotate_left(2);
    for (result, v) in kept.iter().zip(x) {
        sum += 0.1 * v * result.as_ref().map_or_else(|text| text.len() as F, |a| *a);
    }
    sum + last.unwrap_or(0.3)
}
