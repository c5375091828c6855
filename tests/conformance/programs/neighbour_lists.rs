//! Lists of indices that grow under a condition, and say between which elements there is a force.

pub const N: usize = 5;

pub fn f(x: &[f64]) -> f64 {
    let mut near: Vec<Vec<usize>> = vec![Vec::new(); x.len()];
    for i in 0..x.len() {
        for j in i + 1..x.len() {
            if x[i] - x[j] < 2.0 {
                near[i].push(j);
            }
        }
    }
    let mut force = vec![0.0; x.len()];
    for (i, near) in near.iter().enumerate() {
        for &j in near {
            let apart = x[i] - x[j];
            let push = apart / (0.2 + apart * apart);
            force[i] += push;
            force[j] -= push;
        }
    }
    force.iter().map(|force| force.sin()).sum()
}
