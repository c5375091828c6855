//! A small neural network that tells irises apart, fitted with the gradient that the compiler made.
//!
//! [`loss`] is ordinary Rust on `f64`s. `loss_gradient`, which the attribute writes beside it, is all that the
//! training needs to know of calculus.
#![forbid(unsafe_code)]

pub mod data;
mod network;
mod training;

pub use network::{classify, loss, loss_gradient, WEIGHTS};
pub use training::{train, Trained};
