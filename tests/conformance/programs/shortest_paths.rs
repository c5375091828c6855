//! Shortest paths.

pub const N: usize = 6;

pub fn f(x: &[f64]) -> f64 {
    let n = 4;
    let mut d = vec![vec![9.0; n]; n];
    let mut weights = x.iter();
    for i in 0..n {
        for j in 0..i {
            let weight = weights.next().copied().unwrap_or(1.0);
            d[i][j] = weight;
            d[j][i] = weight * weight;
        }
    }
    for k in 0..n {
        for i in 0..n {
            for j in 0..n {
                let through = d[i][k] + d[k][j];
                if i != j && through < d[i][j] {
                    d[i][j] = through;
                }
            }
        }
    }
    (0..n)
        .flat_map(|i| (0..n).filter(move |j| *j != i).map(move |j| (i, j)))
        .map(|(i, j)| d[i][j] * (i + 1) as f64)
        .sum()
}
