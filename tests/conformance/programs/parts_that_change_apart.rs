//! Parts of one slice that are borrowed mutably at the same time.

pub const N: usize = 8;

pub fn f(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let (low, high) = y.split_at_mut(4);
    for (a, b) in low.iter_mut().zip(high.iter_mut().rev()) {
        *a += *b * *b;
        *b = a.sin();
    }
    for pair in y.chunks_exact_mut(2) {
        let [a, b] = pair else { unreachable!() };
        (*a, *b) = (*a * *b, *a - *b);
    }
    if let Some((first, rest)) = y.split_first_mut() {
        for v in rest {
            *first += *v * *v;
        }
    }
    y.iter().enumerate().map(|(i, v)| v * (i + 1) as f64).sum()
}
