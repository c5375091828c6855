//! A program over the shared library.

fn main() {
    let mut gradient = [0.0; 2];
    let value = dynamic::dhalves(&[1.0, 2.0], &mut gradient, 1.0);
    println!("{value} {gradient:?} {:?}", dynamic::dsquare(3.0_f32, 1.0));
}
