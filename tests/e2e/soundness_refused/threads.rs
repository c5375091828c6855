//! Work in scoped threads.
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    let (left, right) = x.split_at(x.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| right.iter().product::<f64>());
        left.iter().product::<f64>() * other.join().unwrap()
    })
}

fn main() {
    println!("{:?}", df(&[1.0; 4], &mut [0.0; 4], 1.0));
}
