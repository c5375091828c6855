//! Binary tree of options.

pub const N: usize = 7;

struct Node {
    value: f64,
    left: Option<Box<Node>>,
    right: Option<Box<Node>>,
}

fn insert(at: &mut Option<Box<Node>>, value: f64) {
    match at {
        None => {
            *at = Some(Box::new(Node {
                value,
                left: None,
                right: None,
            }))
        }
        Some(node) if value < node.value => insert(&mut node.left, value),
        Some(node) => insert(&mut node.right, value),
    }
}

fn weight(at: &Option<Box<Node>>, depth: usize) -> f64 {
    at.as_ref().map_or(0.0, |node| {
        depth as f64 * node.value * node.value
            + weight(&node.left, depth + 1)
            + weight(&node.right, depth + 2)
    })
}

pub fn f(x: &[f64]) -> f64 {
    let mut root = None;
    for x in x {
        insert(&mut root, *x);
    }
    weight(&root, 1)
}
