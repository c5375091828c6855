//! What the attributes have to say to the user. Texts that rustc has too are rustc's.

use proc_macro2::Span;
use syn::{Error, Result};

pub(crate) const NO_NAME: &str = "autodiff requires at least a name and mode";
pub(crate) const NOT_A_FUNCTION: &str = "autodiff must be applied to function";
pub(crate) const BAD_NAME: &str =
    "expected the name of the function to generate: one identifier, which is not a keyword";
pub(crate) const NOT_AN_ACTIVITY: &str = "expected an activity, such as `Const` or `Duplicated`";
pub(crate) const NO_LANES: &str = "autodiff width must be at least 1";
pub(crate) const ASYNC: &str = "autodiff can not be applied to async functions";
pub(crate) const VARIADIC: &str = "autodiff can not be applied to variadic functions";
pub(crate) const DIVERGES: &str = "autodiff can not be applied to functions that never return";
pub(crate) const CFG_PARAMETER: &str =
    "autodiff can not see whether a parameter with `cfg` exists; put the `cfg` on two functions";
pub(crate) const BATCHED_ACTIVE: &str =
    "`Active` has one lane only; use `Duplicated` with a reference for a width greater than 1";
pub(crate) const BATCHED_DUALV: &str =
    "invalid return activity Dualv: use Dual, which gives the value and one tangent a lane";

/// All that is wrong, so that it can be reported at once.
#[derive(Default)]
pub(crate) struct Problems(Option<Error>);

impl Problems {
    pub(crate) fn add(&mut self, span: Span, text: impl std::fmt::Display) {
        self.push(Error::new(span, text));
    }

    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    pub(crate) fn into_result(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}
