//! Entries that are numbers, counts or texts, where counts are multiplied, divided and made of distances.
pub const N: usize = 6;
enum Entry {
    Number(f64),
    Count(usize),
    Text(String),
    List(Vec<f64>),
}
fn next(entry: Entry, v: f64, rest: &[f64], i: usize) -> Entry {
    match entry {
        Entry::Number(n) if i % 2 == 0 => Entry::Count((n * n) as usize % 3 + rest.len()),
        Entry::Number(n) => Entry::Number(n * v),
        Entry::Count(k) if i % 3 == 2 => Entry::Text("ab".repeat(k * 3 + 1)),
        Entry::Count(k) => Entry::List(vec![v * k as f64; k % 3 + 1]),
        Entry::Text(text) => Entry::Count(text.len() * 3 - 1),
        Entry::List(list) => Entry::Number(list.iter().sum::<f64>() * 0.1 + v),
    }
}
fn read(entry: &Entry, v: f64) -> f64 {
    match entry {
        Entry::Number(n) => n * n * v,
        Entry::Count(k) => *k as f64 * v * 0.3,
        Entry::Text(text) => (text.len() as f64 * v).sin(),
        Entry::List(list) => list.iter().map(|a| a * v).sum(),
    }
}
pub fn f(x: &[f64]) -> f64 {
    let mut kept: [Entry; 3] = [Entry::Count(1), Entry::Number(x[0]), Entry::Text("q".to_string())];
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        let old = std::mem::replace(&mut kept[i % 3], Entry::Count(0));
        kept[i % 3] = next(old, *v + 0.1 * sum, &x[i..], i);
        kept.rotate_left(1);
        sum += read(&kept[0], *v) * 0.2 + read(&kept[2], 0.5);
    }
    sum
}
