//! A buffer of the caller's is `Const`, because nobody wants its derivative: Enzyme would leave out what goes through it.
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Duplicated, Const, Active)]
fn f(x: &[f64], squares: &mut Vec<f64>) -> f64 {
    for (square, x) in squares.iter_mut().zip(x) {
        *square = x * x;
    }
    (0..x.len()).map(|i| x[i] * squares[x.len() - 1 - i]).sum()
}

fn main() {
    let (mut dx, mut squares) = ([0.0; 3], vec![0.0; 3]);
    println!("{} {dx:?}", df(&[1.0, 2.0, 3.0], &mut dx, &mut squares, 1.0));
}
