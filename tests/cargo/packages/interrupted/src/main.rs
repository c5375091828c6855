use autodiff::autodiff_reverse;

#[autodiff_reverse(dhalf, Active, Active)]
fn half(x: f64) -> f64 {
    x / 2.0
}

fn main() {
    println!("{:?}", dhalf(3.0, 1.0));
}
