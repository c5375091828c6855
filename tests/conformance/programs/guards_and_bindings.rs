//! A match with guards, bindings, ranges and nested patterns.

pub const N: usize = 6;

enum Order {
    Hold,
    Buy { at: f64, lots: u32 },
    Both(f64, f64),
}

fn order(i: usize, v: f64) -> Order {
    match i % 3 {
        0 if i > 0 => Order::Hold,
        1 | 2 if i < 4 => Order::Buy {
            at: v,
            lots: i as u32,
        },
        n => Order::Both(v, v + n as f64),
    }
}

pub fn f(x: &[f64]) -> f64 {
    let mut cash = 1.0;
    for (i, &v) in x.iter().enumerate() {
        cash = match (order(i, v), i) {
            (Order::Hold, 0..=2) => cash,
            (Order::Hold, _) => cash * v,
            (
                Order::Buy {
                    at,
                    lots: lots @ 1..=2,
                },
                _,
            ) => cash + at * at * f64::from(lots),
            (Order::Buy { at, .. }, _) if at > 0.5 => cash - at,
            (Order::Buy { at, .. }, _) => cash - 2.0 * at,
            (Order::Both(a, b), n) => cash * a + b / (n + 1) as f64,
        };
    }
    cash
}
