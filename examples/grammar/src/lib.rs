//! Every form of the attributes with numbers: each test calls derivatives and compares them with closed forms.
//!
//! `cargo autodiff test` runs it.
#![forbid(unsafe_op_in_unsafe_fn)]
#![cfg_attr(not(test), allow(dead_code, unused_imports))]

mod checked;
mod forward;
mod generics;
mod methods;
mod nightly;
mod passing;
mod reverse;
mod scratch;
