//! What generated code names. Not for people: it changes with the driver, and it trusts the macro.
//!
//! Everything here is safe to call, so that generated code holds no `unsafe` and crates with
//! `#![forbid(unsafe_code)]` can use the attributes.

mod lanes;
mod length;
mod slot;

pub use crate::Differentiable;
pub use lanes::{split_lanes, split_lanes_mut};
pub use length::{check, room, BySize, BySlice, Extent, Length};
pub use slot::Slot;

pub use core::any::type_name;
pub use core::marker::{Copy, Sized};
pub use core::mem::size_of;
pub use core::ops::FnOnce;
pub use core::option::Option;

/// What one placeholder asks of the driver: a private constant in the LLVM module, the marker's only argument.
#[repr(C)]
pub struct Request<F, const N: usize> {
    /// The function to differentiate, as a function pointer.
    pub source: F,
    /// Mode, width and one activity per parameter of `source`, in the grammar of the driver's `--request`.
    pub spec: &'static str,
    /// Where the attribute stands: `file:line:column`, for the driver's messages.
    pub place: &'static str,
    /// Gives the name of the pair of the primal and a closure in the derivative:
    /// `(<app::Line as app::Curve>::at, <app::Line as app::Curve>::dat::{{closure}})`. The driver reads it from the
    /// function's body.
    pub origin: fn() -> &'static str,
    /// Size in bytes of each parameter of `source`: 0 has no LLVM parameter, a fat pointer (16) has two.
    pub sizes: [usize; N],
    /// Bytes of one element of each slice, and of each array, of which no derivative is asked; 0 for all else. The
    /// driver may give these a shadow of zeros.
    pub strides: [usize; N],
}

/// What the driver may allocate for one `T`: nothing for what wants more than an allocator aligns by itself.
pub const fn stride<T>() -> usize {
    if core::mem::align_of::<T>() > 16 {
        return 0;
    }
    size_of::<T>()
}

unsafe extern "C-unwind" {
    /// Makes the calling function a placeholder. The driver removes every call, so that the name is only ever
    /// seen in the linker's message of a build without the driver.
    pub safe fn cargo_autodiff_was_not_run__build_with__cargo_autodiff(request: *const ());
}

/// Stores a result that takes no part in differentiation; what was there before is not dropped.
#[inline]
pub fn put<T>(out: &mut Option<T>, value: T) {
    core::mem::forget(out.replace(value));
}

/// The result which the derivative stored with [`put`].
#[inline]
#[track_caller]
pub fn get<T>(out: Option<T>) -> T {
    out.expect("the derivative left its result out")
}
