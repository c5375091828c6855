//! What every kernel is.

/// A function of `x` and its gradient, at one size and for one set of constants.
pub struct Kernel {
    pub x: Vec<f64>,
    pub primal: Box<dyn Fn(&[f64]) -> f64>,
    /// Returns the function's value and adds the gradient to what it is given.
    pub gradient: Box<dyn Fn(&[f64], &mut [f64]) -> f64>,
}

impl Kernel {
    pub fn new(
        x: Vec<f64>,
        primal: impl Fn(&[f64]) -> f64 + 'static,
        gradient: impl Fn(&[f64], &mut [f64]) -> f64 + 'static,
    ) -> Self {
        Self {
            x,
            primal: Box::new(primal),
            gradient: Box::new(gradient),
        }
    }
}
