//! Results whose other side is a box or a vector with numbers, which loops carry.
pub const N: usize = 5;
enum Kept<'a> {
    Number(f64),
    Boxed(Box<f64>),
    Lent(&'a f64),
}
fn squares(v: f64) -> Result<f64, Vec<f64>> {
    if v > 0.6 {
        Err(vec![v, v * v, 2.0])
    } else {
        Ok(v.exp())
    }
}
pub fn f(x: &[f64]) -> f64 {
    let mut kept = Kept::Number(x[0]);
    let mut last = squares(x[0]);
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        sum += match &last {
            Ok(a) => a * v,
            Err(b) => b.iter().sum::<f64>() * v,
        };
        last = squares(*v + 0.01 * sum);
        sum += match &kept {
            Kept::Number(a) => a * v,
            Kept::Boxed(b) => **b * **b * v,
            Kept::Lent(l) => l.sin(),
        };
        kept = match (i % 3, kept) {
            (0, _) => Kept::Boxed(Box::new(v * sum)),
            (1, Kept::Boxed(b)) => Kept::Number(*b + v),
            (_, Kept::Number(a)) => Kept::Number(a * 0.5),
            _ => Kept::Lent(v),
        };
    }
    sum + match last {
        Ok(a) => a.sin(),
        Err(b) => b[1],
    }
}
