//! Arrays made by functions, mapped, compared and taken apart.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let squares: [f64; 5] = std::array::from_fn(|i| x[i] * x[(i + 2) % 5]);
    let roots = squares.map(|v| (1.0 + v).sqrt());
    let firsts: [f64; 3] = roots[..3].try_into().unwrap();
    let [a, .., c] = firsts;
    let larger = if firsts == [0.0; 3] { 0.0 } else { a.max(c) };
    let both = [squares, roots];
    both.concat()
        .iter()
        .zip(both.as_flattened().iter().rev())
        .map(|(a, b)| a * b)
        .sum::<f64>()
        * larger
}
