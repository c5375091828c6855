//! Structures of numbers and integers, sorted by a number's total order.

pub const N: usize = 6;

struct Item {
    id: u32,
    name: &'static str,
    weight: f64,
    terms: Vec<f64>,
}

pub fn f(x: &[f64]) -> f64 {
    let mut items: Vec<Item> = x
        .iter()
        .enumerate()
        .map(|(i, v)| Item {
            id: i as u32,
            name: if i % 2 == 0 { "even" } else { "not" },
            weight: v * v,
            terms: vec![*v; i % 3],
        })
        .collect();
    items.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let mut pairs: Vec<([f64; 2], f64)> = x.iter().map(|v| ([v * v, v.cos()], v.sin())).collect();
    pairs.sort_by(|a, b| a.1.total_cmp(&b.1));
    let items = items.iter().enumerate().map(|(at, item)| {
        let count = at + item.id as usize + item.name.len();
        count as f64 * item.weight + item.terms.iter().map(|v| v.sin()).sum::<f64>()
    });
    let pairs = pairs.iter().enumerate();
    items.sum::<f64>()
        + pairs
            .map(|(at, (a, v))| (at as f64 + 1.0) * v * a[0] + a[1] * v)
            .sum::<f64>()
}
