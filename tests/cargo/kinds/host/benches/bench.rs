use autodiff::autodiff_reverse;

#[autodiff_reverse(down, Active, Active)]
fn own(x: f64) -> f64 {
    x / 4.0
}

fn main() {
    println!("{} {:?}", host::line(), down(2.0, 1.0));
}
