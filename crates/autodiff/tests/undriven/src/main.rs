#[autodiff::autodiff_reverse(dsquare, Active, Active)]
fn square(x: f64) -> f64 {
    x * x
}

fn main() {
    println!("{:?}", dsquare(3.0, 1.0));
}
