use autodiff::autodiff_reverse;

include!(concat!(env!("OUT_DIR"), "/factor.rs"));

#[autodiff_reverse(dline, Active, Active)]
fn line(x: f64) -> f64 {
    FACTOR * x + macros::seven!()
}

fn main() {
    println!("{:?}", dline(1.0, 1.0));
}
