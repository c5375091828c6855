//! The attribute macros of `std-autodiff`. Use them through that crate: what they write names it.

mod activity;
mod attribute;
mod body;
mod derivative;
mod diagnostics;
mod elision;
mod normal_form;
mod parameter;
mod primal;
mod types;

use activity::Mode;
use attribute::Attribute;
use derivative::Derivative;
use primal::Primal;
use proc_macro::TokenStream;
use quote::quote;

/// Writes the forward-mode derivative of a function beside it: `#[autodiff_forward(NAME [, WIDTH] [, ACTIVITY]*)]`.
///
/// One activity for each parameter (`Const`, `Dual`, `DualOnly`, `Dualv`, `DualvOnly`), then one for the
/// result if there is one (the same words).
#[proc_macro_attribute]
pub fn autodiff_forward(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand(Mode::Forward, attribute.into(), item.into()).into()
}

/// Writes the reverse-mode derivative of a function beside it: `#[autodiff_reverse(NAME [, WIDTH] [, ACTIVITY]*)]`.
///
/// One activity for each parameter (`Const`, `Active`, `Duplicated`, `DuplicatedOnly`), then one for the
/// result if there is one (`Const`, `Active`, `ActiveOnly`).
#[proc_macro_attribute]
pub fn autodiff_reverse(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand(Mode::Reverse, attribute.into(), item.into()).into()
}

/// The item as it was, and the derivative or what is wrong with it: the rest of the crate is checked in any case.
fn expand(
    mode: Mode,
    attribute: proc_macro2::TokenStream,
    item: proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    let derivative = Primal::parse(item.clone())
        .and_then(|primal| Derivative::new(mode, Attribute::parse(attribute)?, primal));
    let beside = match derivative {
        Ok(derivative) => {
            let refused = derivative
                .refused
                .as_ref()
                .map(syn::Error::to_compile_error);
            let function = body::item(&derivative);
            quote!(#refused #function)
        }
        Err(error) => error.to_compile_error(),
    };
    quote!(#item #beside)
}
