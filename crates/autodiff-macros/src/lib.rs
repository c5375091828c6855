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
mod verify;

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

/// What stands between the braces, in builds whose derivatives check themselves; else nothing.
#[doc(hidden)]
#[proc_macro]
pub fn when_verifying(items: TokenStream) -> TokenStream {
    match verify::wanted() {
        true => items,
        false => TokenStream::new(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The signature of the derivative of `item`, in which an `impl` would stand for `self`.
    fn signature(mode: Mode, attribute: &str, item: &str) -> String {
        let written = expand(mode, attribute.parse().unwrap(), item.parse().unwrap());
        let items: syn::ItemImpl = syn::parse_quote!(impl Surroundings { #written });
        let Some(syn::ImplItem::Fn(derivative)) = items.items.last() else {
            panic!("no function was written");
        };
        let sig = &derivative.sig;
        quote!(#sig).to_string()
    }

    fn text(signature: &str) -> String {
        let sig: syn::Signature = syn::parse_str(signature).unwrap();
        quote!(#sig).to_string()
    }

    #[test]
    fn shadows_of_references_are_called_d_and_are_mutable() {
        assert_eq!(
            signature(
                Mode::Reverse,
                "df, 2, Duplicated, DuplicatedOnly, Duplicated",
                "fn f(x: &[f64], y: *const f64, z: &mut f64) {}"
            ),
            text(
                "unsafe fn df(x: &[f64], dx_0: &mut [f64], dx_1: &mut [f64],
                 y: *const f64, dy_0: *mut f64, dy_1: *mut f64,
                 z: &mut f64, dz_0: &mut f64, dz_1: &mut f64)"
            )
        );
    }

    #[test]
    fn tangents_are_called_b_and_have_the_parameters_type() {
        assert_eq!(
            signature(
                Mode::Forward,
                "df, 2, Dual, Dualv, Const, DualvOnly, Dual",
                "fn f(x: f64, y: &[f64], n: usize, z: &mut [f64]) -> f64 { 0.0 }"
            ),
            text(
                "fn df(x: f64, bx_0: f64, bx_1: f64, y: &[f64], by_0: &[f64],
                 n: usize, z: &mut [f64], bz_0: &mut [f64]) -> [f64; 3]"
            )
        );
    }

    #[test]
    fn the_seed_is_called_dret_and_comes_last() {
        assert_eq!(
            signature(
                Mode::Reverse,
                "df, Active, Const, Active, Active",
                "fn f(x: f64, n: usize, y: f32) -> f64 { 0.0 }"
            ),
            text("fn df(x: f64, n: usize, y: f32, dret: f64) -> (f64, f64, f32)")
        );
    }

    #[test]
    fn the_receivers_shadow_is_called_dself() {
        assert_eq!(
            signature(
                Mode::Reverse,
                "df, Duplicated, Active, ActiveOnly",
                "fn f(&self, x: f64) -> f64 { 0.0 }"
            ),
            text("fn df(&self, dself_0: &mut Self, x: f64, dret: f64) -> f64")
        );
    }

    #[test]
    fn parameters_without_a_name_are_called_by_their_place() {
        assert_eq!(
            signature(
                Mode::Forward,
                "df, Dual, Const, Const",
                "fn f((x, y): (f64, f64), _: usize) -> f64 { 0.0 }"
            ),
            text("fn df(arg0: (f64, f64), barg0_0: (f64, f64), arg1: usize) -> f64")
        );
    }

    #[test]
    fn the_header_is_copied() {
        assert_eq!(
            signature(
                Mode::Reverse,
                "df, Duplicated, Const",
                "pub unsafe extern \"C\" fn f<'a, T: Copy, const N: usize>(x: &'a [T; N]) -> bool where T: Send { true }"
            ),
            text(
                "unsafe extern \"C\" fn df<'a, T: Copy, const N: usize>(x: &'a [T; N], dx_0: &'a mut [T; N]) -> bool
                 where T: Send"
            )
        );
    }

    #[test]
    fn without_verifying_nothing_is_written_for_it() {
        let written = expand(
            Mode::Reverse,
            "df, Duplicated, Active".parse().unwrap(),
            "fn f(x: &[f64]) -> f64 { x[0] }".parse().unwrap(),
        );

        assert!(!written.to_string().contains("verify"));
    }

    #[test]
    fn attributes_that_hold_for_both_are_copied() {
        let written = expand(
            Mode::Reverse,
            "df, Active, Active".parse().unwrap(),
            "#[cfg(unix)] #[inline(never)] #[must_use] fn f(x: f64) -> f64 { x }"
                .parse()
                .unwrap(),
        );
        let file: syn::File = syn::parse2(written).unwrap();
        let Some(syn::Item::Fn(derivative)) = file.items.last() else {
            panic!("no function was written");
        };
        let has = |name: &str| {
            derivative
                .attrs
                .iter()
                .any(|attr| attr.path().is_ident(name))
        };

        assert!(has("cfg") && has("inline") && !has("must_use"));
    }
}
