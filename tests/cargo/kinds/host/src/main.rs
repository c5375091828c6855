use autodiff::autodiff_reverse;

#[autodiff_reverse(down, Active, Active)]
fn own(x: f64) -> f64 {
    x / 4.0
}

fn main() {
    if std::env::args().len() > 1 {
        println!("{:?}", host::dscaled(1.0, u8::MAX, 1.0));
        return;
    }
    println!("{} {:?}", host::line(), down(2.0, 1.0));
}
