//! Prints derivatives: of the library, of the library's functions, of generics, nested ones. `exit=N` ends with N.

use autodiff::autodiff_reverse;
use std::process::ExitCode;

#[autodiff_reverse(dsum, Duplicated, Active)]
fn sum(x: &[f64]) -> f64 {
    model::cubes(x) + x[0]
}

fn main() -> ExitCode {
    let x = [1.0, 2.0];
    let mut gradient = [0.0; 2];
    model::dsines(&[0.0, 0.0], &mut gradient, 1.0);
    println!("library {gradient:?}");
    gradient = [0.0; 2];
    let value = dsum(&x, &mut gradient, 1.0);
    println!("body from the library {value} {gradient:?}");
    println!(
        "generic {:?} {:?}",
        model::dsquare(3.0_f64, 1.0),
        model::dsquare(4.0_f32, 1.0)
    );
    let (mut gradient, mut product) = ([0.0; 2], [0.0; 2]);
    model::hessian_times(&x, &[1.0, 0.5], &mut gradient, &mut product);
    println!("nested {gradient:?} {product:?}");
    let code = std::env::args().find_map(|word| word.strip_prefix("exit=")?.parse().ok());
    for word in std::env::args().skip(1) {
        println!("given {word}");
    }
    ExitCode::from(code.unwrap_or(0))
}
