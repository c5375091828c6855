//! Linked list.

pub const N: usize = 5;

enum List {
    Nil,
    Node(f64, Box<List>),
}

pub fn f(x: &[f64]) -> f64 {
    let mut list = List::Nil;
    for x in x {
        list = List::Node(x * x, Box::new(list));
    }
    let (mut at, mut s) = (&list, 1.0);
    while let List::Node(v, next) = at {
        s = s * v + v.sin();
        at = next;
    }
    s
}
