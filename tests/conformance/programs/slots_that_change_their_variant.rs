//! Slots in single precision that are a number, a text, a box or a count in turn, overwritten in place.
pub const N: usize = 5;
type F = f32;
enum Slot {
    Number(F),
    Text(String),
    Boxed(Box<F>),
    Count(usize),
}
fn read(slot: &Slot, v: F) -> F {
    match slot {
        Slot::Number(a) => a * a * v,
        Slot::Text(text) => text.len() as F * 0.1 * v,
        Slot::Boxed(a) => **a * v,
        Slot::Count(k) => *k as F * 0.1 * v,
    }
}
pub fn f(x: &[F]) -> F {
    let mut slots = vec![Slot::Number(x[0] * x[1]), Slot::Text("q".to_string()), Slot::Number(x[1])];
    let mut sum = 0.0;
    for (i, v) in x.iter().chain(x).enumerate() {
        sum += read(&slots[i % 3], *v) * 0.5;
        slots[i % 3] = match i % 4 {
            0 => Slot::Text("ab".repeat(i)),
            1 => Slot::Boxed(Box::new(v * v)),
            2 => Slot::Number(v * 0.3),
            _ => Slot::Count(i * 3),
        };
        sum += read(&slots[(i + 1) % 3], x[1]) * 0.2;
    }
    slots[0] = Slot::Text("abc".to_string());
    slots[1] = Slot::Boxed(Box::new(x[1]));
    slots.swap(1, 2);
    sum + slots.iter().map(|slot| read(slot, x[2])).sum::<F>()
}
