//! Numbers that are overwritten by constants, counts and tables through pointers that are kept elsewhere.
use std::cell::Cell;
pub const N: usize = 5;
static TABLE: [f64; 3] = [0.3, 0.7, 1.1];
fn cells(x: &[f64]) -> f64 {
    let (a, b) = (Cell::new(x[0]), Cell::new(x[1]));
    let kept = [Cell::new(&b), Cell::new(&a)];
    let mut sum = 0.0f64;
    for (i, v) in x.iter().enumerate() {
        let p = kept[i % 2].get();
        sum = (0.5 * sum + a.get() * a.get() * v).sin();
        p.set(0.84);
        kept[(i + 1) % 2].set(&a);
    }
    sum + b.get() * x[2]
}
fn counted(x: &[f64]) -> f64 {
    let (a, b) = (Box::new(Cell::new(x[0])), Box::new(Cell::new(x[1])));
    let kept = [Cell::new(&*a), Cell::new(&*b)];
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += a.get() * b.get() * x[i];
        kept[i % 2].get().set(i as f64 * 0.3);
        if i == 1 {
            kept[0].set(&b);
        }
        if i == 2 {
            a.set(sum);
        }
    }
    sum
}
fn out_of_a_table(x: &[f64]) -> f64 {
    let (mut a, mut b) = (vec![x[0], x[1], x[2]], vec![x[1], x[0], x[3]]);
    let kept: Vec<&mut Vec<f64>> = vec![&mut a, &mut b];
    for (i, row) in kept.into_iter().enumerate() {
        if (i + x.len()) % 2 == 0 {
            row.copy_from_slice(&TABLE);
        }
    }
    a.iter().sum::<f64>() * x[0] + b.iter().map(|v| v * v).sum::<f64>()
}
fn parts(x: &[f64]) -> f64 {
    let mut all = x.to_vec();
    let mut other: Vec<f64> = x.iter().map(|v| v.sin()).collect();
    let (head, tail) = all.split_at_mut(2);
    let mut kept: [&mut [f64]; 3] = [head, tail, &mut other];
    for k in 0..5 {
        kept[(k * 2) % 3][0] = 0.4;
        if k == 3 {
            kept.swap(0, 2);
            kept[0].fill(0.1);
        }
    }
    all.iter().zip(&other).map(|(p, q)| p * q + p).sum()
}
fn all_at_once(x: &[f64]) -> f64 {
    let (mut a, mut b) = (x[..3].to_vec(), x[1..4].to_vec());
    let mut kept: Vec<&mut Vec<f64>> = vec![&mut a, &mut b];
    for k in 0..4usize {
        kept[(k + 1) % 2][0] = k as f64 * 0.2;
        if k == 1 {
            kept[0].fill(0.2);
        }
        if k == 2 {
            kept[1][..2].copy_from_slice(&[0.7, 0.1]);
        }
    }
    a.iter().zip(&b).map(|(p, q)| p * q).sum()
}
pub fn f(x: &[f64]) -> f64 {
    cells(x) + counted(x) + out_of_a_table(x) + parts(x) + all_at_once(x)
}
