//! Structs sorted by a float.

pub const N: usize = 6;

#[derive(Clone)]
struct Item {
    key: f64,
    weight: f64,
}

pub fn f(x: &[f64]) -> f64 {
    let mut items = x
        .iter()
        .map(|x| Item {
            key: x.sin(),
            weight: x * x,
        })
        .collect::<Vec<_>>();
    items.sort_by(|a, b| a.key.partial_cmp(&b.key).unwrap());
    items
        .iter()
        .enumerate()
        .map(|(i, item)| (i + 1) as f64 * item.weight * item.key)
        .sum()
}
