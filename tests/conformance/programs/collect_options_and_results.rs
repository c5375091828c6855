//! Collect options and results.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let roots = x
        .iter()
        .map(|x| (*x > 0.0).then(|| x.sqrt()))
        .collect::<Option<Vec<f64>>>();
    let logs = x
        .iter()
        .map(|x| if *x < 3.0 { Ok(x.ln()) } else { Err(3) })
        .collect::<Result<Vec<f64>, i32>>();
    roots.map_or(0.0, |r| r.iter().sum::<f64>()) * logs.map_or(1.0, |l| l.iter().sum::<f64>())
}
