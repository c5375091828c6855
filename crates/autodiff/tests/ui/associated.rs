//! Only `Self::d_norm` as the name could tell that `norm` is inside an `impl`. The function outside is not taken for it.
use autodiff::autodiff_reverse;

struct Model;

fn twice(x: f64) -> f64 {
    x + x
}

impl Model {
    #[autodiff_reverse(d_norm, Active, Active)]
    fn norm(x: f64) -> f64 {
        x
    }

    #[autodiff_reverse(d_twice, Active, Active)]
    fn twice(x: f64) -> f64 {
        2.0 * x
    }
}

fn main() {
    let _ = (Model, Model::norm(1.0), Model::twice(1.0), twice(1.0));
}
