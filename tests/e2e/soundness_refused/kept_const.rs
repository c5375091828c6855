//! What a `Const` parameter refers to is kept beside memory that counts: Enzyme would add adjoints to the caller's data.
//! A shadow of zeros is no vector; a slice would have one.
use autodiff::autodiff_reverse;

struct Term<'a> {
    weights: &'a [f64],
    power: i32,
}

#[inline(never)]
fn given<'a>(terms: &mut Vec<Term<'a>>, weights: &'a [f64]) {
    terms.push(Term { weights, power: 2 });
}

#[inline(never)]
fn computed<'a>(terms: &mut Vec<Term<'a>>, weights: &'a [f64]) {
    terms.push(Term { weights, power: 3 });
}

#[autodiff_reverse(df, Duplicated, Const, Active)]
fn f(x: &[f64], fixed: &Vec<f64>) -> f64 {
    let squares: Vec<f64> = x.iter().map(|x| x * x).collect();
    let mut terms = Vec::new();
    for i in 0..x.len() {
        if i % 2 == 0 {
            given(&mut terms, fixed);
        } else {
            computed(&mut terms, &squares);
        }
    }
    let all = terms.iter().zip(x);
    all.map(|(term, x)| term.weights.iter().sum::<f64>() * x.powi(term.power))
        .sum()
}

fn main() {
    let mut dx = [0.0; 4];
    println!(
        "{} {dx:?}",
        df(&[1.0, 2.0, 3.0, 4.0], &mut dx, &vec![1.0; 4], 1.0)
    );
}
