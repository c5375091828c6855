//! Compile-time automatic differentiation on stable Rust, with the attributes of nightly's `std::autodiff`.
//!
//! ```
//! use autodiff::autodiff_reverse;
//!
//! #[autodiff_reverse(dsquares, Duplicated, Active)]
//! fn squares(x: &[f64]) -> f64 {
//!     x.iter().map(|x| x * x).sum()
//! }
//!
//! // The attribute has written `fn dsquares(x: &[f64], dx_0: &mut [f64], dret: f64) -> f64` beside it.
//! # fn _checked_only() {
//! let mut gradient = [0.0; 3];
//! let value = dsquares(&[1.0, 2.0, 3.0], &mut gradient, 1.0);
//! # let _ = value;
//! # }
//! ```
//!
//! The attributes only write down what is wanted. The derivative itself is made by `cargo autodiff build`,
//! which runs Enzyme over the code that rustc generates; `cargo check`, clippy, rustdoc and rust-analyzer need
//! no driver. A program that was built without the driver does not link: no derivative can be silently wrong.
#![no_std]
#![forbid(unsafe_op_in_unsafe_fn)]

#[doc(hidden)]
pub mod __private;
pub mod check;
mod differentiable;

// Cargo compiles this crate, and with it all that depend on it, again when the variable changes.
const _: Option<&str> = option_env!("AUTODIFF_VERIFY");

std_autodiff_macros::when_verifying! {
    #[doc(hidden)]
    #[allow(missing_docs)]
    pub mod verify;
}

pub use differentiable::Differentiable;
pub use std_autodiff_macros::{autodiff_forward, autodiff_reverse};
