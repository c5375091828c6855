/// A plain value that has a gradient of its own type: what `Active` parameters and `Active` or `Dual` results may be.
///
/// Implemented for `f32`, `f64`, arrays and tuples of them. Implement it for a `Copy` struct of such
/// fields to differentiate with respect to it by value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no gradient of its own type",
    label = "only f32, f64, arrays and tuples of them can be `Active`, or a `Dual` result",
    note = "use `Const` for integers, booleans and everything else that is not to be differentiated",
    note = "use `Duplicated` (reverse) or `Dual` (forward) with a reference for slices, vectors and structs",
    note = "a `Copy` struct of floats takes part by value once it implements `autodiff::Differentiable`"
)]
pub trait Differentiable: Copy {
    /// The gradient before anything was added to it.
    const ZERO: Self;
}

impl Differentiable for f32 {
    const ZERO: Self = 0.0;
}

impl Differentiable for f64 {
    const ZERO: Self = 0.0;
}

impl<T: Differentiable, const N: usize> Differentiable for [T; N] {
    const ZERO: Self = [T::ZERO; N];
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: Differentiable),+> Differentiable for ($($name,)+) {
            const ZERO: Self = ($($name::ZERO,)+);
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
