use autodiff::autodiff_reverse;

extern "C" {
    fn unknown(x: f64) -> f64;
}

#[autodiff_reverse(df, Active, Active)]
fn f(x: f64) -> f64 {
    unsafe { unknown(x) }
}

fn main() {
    println!("{:?}", df(1.0, 1.0));
}
