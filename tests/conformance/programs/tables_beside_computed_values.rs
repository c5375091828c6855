//! Static tables and computed values, chosen between and kept together.

static TABLE: [f64; 6] = [1.0, -2.0, 3.0, -4.0, 5.0, -6.0];
static ZEROS: [f64; 6] = [0.0; 6];

pub const N: usize = 6;

struct Term<'a> {
    values: &'a [f64],
    weight: f64,
}

#[inline(never)]
fn keep<'a>(terms: &mut Vec<Term<'a>>, values: &'a [f64], weight: f64) {
    terms.push(Term { values, weight });
}

pub fn f(x: &[f64]) -> f64 {
    let squares: Vec<f64> = x.iter().map(|x| x * x).collect();
    let mut terms = Vec::new();
    for i in 0..x.len() {
        match i % 3 {
            0 => keep(&mut terms, &TABLE, x[i]),
            1 => keep(&mut terms, &squares, x[i]),
            _ => keep(&mut terms, &ZEROS, 1.0),
        }
        let chosen = if i % 2 == 0 { &TABLE[..] } else { &squares };
        terms.push(Term {
            values: &chosen[i..],
            weight: 0.5,
        });
    }
    terms
        .iter()
        .map(|term| term.weight * term.values.iter().zip(x).map(|(v, x)| v * x).sum::<f64>())
        .sum()
}
