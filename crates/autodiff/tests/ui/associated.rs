//! Only `Self::d_norm` as the name could tell that `norm` is inside an `impl`.
use autodiff::autodiff_reverse;

struct Model;

impl Model {
    #[autodiff_reverse(d_norm, Active, Active)]
    fn norm(x: f64) -> f64 {
        x
    }
}

fn main() {
    let _ = (Model, Model::norm(1.0));
}
