//! Code by which a derivative checks itself, written in builds with `AUTODIFF_VERIFY` only.
//!
//! Copies are taken before the derivative runs. Afterwards the function is called on shifted copies, and the runtime
//! crate compares (`autodiff::verify`).

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Type;

use crate::activity::{Activity, Mode};
use crate::derivative::{local, Derivative};
use crate::normal_form::{self, Out};
use crate::parameter::{Parameter, Passing};
use crate::types;

pub(crate) const VARIABLE: &str = "AUTODIFF_VERIFY";

/// Whether this build is one whose derivatives check themselves.
pub(crate) fn wanted() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty())
}

/// How a parameter gets into a second call of the function.
#[derive(Clone, Copy, PartialEq)]
enum Again {
    /// As it is: a scalar, or a shared reference that takes no part.
    Same,
    /// A clone for each call.
    Clone,
    /// A copy for each call, moved along the direction.
    Vary,
}

fn again(parameter: &Parameter) -> Again {
    let mutable = types::is_mutable_reference(&parameter.ty);
    match (parameter.activity, parameter.passing) {
        (Activity::Const, Passing::Scalar) => Again::Same,
        (Activity::Const, Passing::Pointer) if !mutable => Again::Same,
        (Activity::Const, _) => Again::Clone,
        _ => Again::Vary,
    }
}

/// What the type as it is written rules out.
fn unsupported(parameter: &Parameter) -> bool {
    let referent = types::referent(&parameter.ty);
    let unsized_other = matches!(referent, Some(Type::TraitObject(_)));
    matches!(types::peel(&parameter.ty), Type::Ptr(_))
        || (again(parameter) != Again::Same && unsized_other)
}

fn supported(derivative: &Derivative) -> bool {
    !derivative.parameters.iter().any(unsupported)
}

/// The copies, taken only where the derivative is not differentiated itself.
pub(crate) fn before(derivative: &Derivative) -> TokenStream {
    if !supported(derivative) {
        return TokenStream::new();
    }
    let verified = local("verified");
    let copies = derivative
        .parameters
        .iter()
        .enumerate()
        .map(|(place, parameter)| {
            let (kept, value) = (kept(place), borrowed(parameter, &parameter.value()));
            let copy = match again(parameter) {
                Again::Same => return TokenStream::new(),
                Again::Clone => quote!((&::autodiff::verify::Kept(#value)).cloned()),
                Again::Vary => quote!((&::autodiff::verify::Given(#value)).copied()),
            };
            let shadows = parameter.shadows().into_iter().enumerate().map(|(lane, shadow)| {
            let (kept, value) = (kept_shadow(place, lane), borrowed(parameter, &quote!(#shadow)));
            let copy = quote!((&::autodiff::verify::Given(#value)).copied());
            quote!(let #kept = if #verified { #copy } else { ::core::option::Option::None };)
        });
            quote! {
                let #kept = if #verified { #copy } else { ::core::option::Option::None };
                #(#shadows)*
            }
        });
    quote! {
        #[allow(unused_imports)]
        use ::autodiff::verify::{
            Cloned as _, Copied as _, NotCloned as _, NotCopied as _, NotVarying as _, Varying as _,
        };
        let #verified = ::autodiff::verify::here();
        #(#copies)*
    }
}

/// The comparison, one for each lane.
pub(crate) fn after(derivative: &Derivative) -> TokenStream {
    let name = derivative.name.to_string();
    let place = quote!(::core::concat!(
        ::core::file!(),
        ":",
        ::core::line!(),
        ":",
        ::core::column!()
    ));
    if !supported(derivative) {
        return quote!(::autodiff::verify::unchecked(#name, #place, "a parameter is a raw pointer or a trait object"););
    }
    let (verified, check) = (local("verified"), local("check"));
    let run = run(derivative);
    let lanes = (0..derivative.width as usize).map(|lane| {
        let filled = filled(derivative, lane);
        quote! {{
            let mut #check = ::autodiff::verify::Check::new(#name, #place);
            let filled = (|| { #(#filled)* ::core::option::Option::Some(()) })();
            #check.finish(filled, &run);
        }}
    });
    quote! {
        if #verified {
            let run = #run;
            #(#lanes)*
        }
    }
}

/// Statements that tell the check what the derivative was given, and what it gave.
fn filled(derivative: &Derivative, lane: usize) -> Vec<TokenStream> {
    let check = local("check");
    let mut parts = Vec::new();
    for (place, parameter) in derivative.parameters.iter().enumerate() {
        if again(parameter) != Again::Vary {
            continue;
        }
        let kept = kept(place);
        let x = quote!(let mut x = (&::autodiff::verify::Given(#kept.as_ref()?)).copied()?;);
        if let Some(gradient) = parameter.gradient() {
            parts.push(quote! {
                #x
                let mut gradient = #gradient;
                #check.reverse_value(
                    (&mut ::autodiff::verify::Floats(&mut x)).varying()?,
                    (&mut ::autodiff::verify::Floats(&mut gradient)).varying()?,
                );
            });
            continue;
        }
        let (written, of_vector) = match parameter.activity.is_vector() {
            true => (0, lane),
            false => (lane, 0),
        };
        let kept_shadow = kept_shadow(place, written);
        let before = quote!(let mut before = (&::autodiff::verify::Given(#kept_shadow.as_ref()?)).copied()?;);
        if parameter.passing == Passing::Slot {
            parts.push(quote! {
                #x #before
                #check.forward_value(
                    (&mut ::autodiff::verify::Floats(&mut x)).varying()?,
                    (&mut ::autodiff::verify::Floats(&mut before)).varying()?,
                );
            });
            continue;
        }
        let shadow = &parameter.shadows()[written];
        let shadow = borrowed(parameter, &quote!(#shadow));
        let (method, which) = match derivative.mode {
            Mode::Reverse => (quote!(reverse_memory), quote!()),
            Mode::Forward => (quote!(forward_memory), quote!(#of_vector)),
        };
        parts.push(quote! {
            #x #before
            let mut after = (&::autodiff::verify::Given(#shadow)).copied()?;
            #check.#method(
                (&mut ::autodiff::verify::Floats(&mut x)).varying()?,
                (&mut ::autodiff::verify::Floats(&mut before)).varying()?,
                (&mut ::autodiff::verify::Floats(&mut after)).varying()?,
                #which
            );
        });
    }
    if matches!(normal_form::out(derivative), Out::Shadowed(_)) {
        let (method, value) = match (derivative.seed(), derivative.mode) {
            (Some(seed), _) => (quote!(reverse_result), quote!(#seed)),
            (None, _) => {
                let shadows = local("shadows");
                (quote!(forward_result), quote!(#shadows[#lane]))
            }
        };
        parts.push(quote! {
            let mut value = #value;
            #check.#method((&mut ::autodiff::verify::Floats(&mut value)).varying()?);
        });
    }
    parts
}

/// A closure that calls the function once, on shifted copies.
fn run(derivative: &Derivative) -> TokenStream {
    let (mut copies, mut arguments, mut outputs) = (Vec::new(), Vec::new(), Vec::new());
    for (place, parameter) in derivative.parameters.iter().enumerate() {
        let (kept, copy) = (kept(place), local(&format!("again_{place}")));
        match again(parameter) {
            Again::Same => {
                arguments.push(parameter.value());
                continue;
            }
            Again::Clone => copies.push(quote! {
                #[allow(unused_mut)]
                let mut #copy = (&::autodiff::verify::Kept(#kept.as_ref()?)).cloned()?;
            }),
            Again::Vary => copies.push(quote! {
                let mut #copy = (&::autodiff::verify::Given(#kept.as_ref()?)).copied()?;
                shift.input((&mut ::autodiff::verify::Floats(&mut #copy)).varying()?);
            }),
        }
        let whole = types::is_slice_reference(&parameter.ty).then(|| quote!([..]));
        let mutable = types::is_mutable_reference(&parameter.ty).then(|| quote!(mut));
        if parameter.passing == Passing::Pointer {
            arguments.push(quote!(&#mutable #copy #whole));
            if again(parameter) == Again::Vary {
                outputs.push(
                    quote!(shift.output((&mut ::autodiff::verify::Floats(&mut #copy)).varying()?);),
                );
            }
        } else {
            arguments.push(quote!(#copy));
        }
    }
    if matches!(normal_form::out(derivative), Out::Shadowed(_)) {
        outputs
            .push(quote!(shift.output((&mut ::autodiff::verify::Floats(&mut value)).varying()?);));
    }
    let path = derivative.primal_path();
    let call = match derivative.primal.sig.unsafety {
        Some(_) => quote!(unsafe { #path(#(#arguments),*) }),
        None => quote!(#path(#(#arguments),*)),
    };
    quote! {
        |shift: &mut ::autodiff::verify::Shift<'_>| -> ::core::option::Option<()> {
            #(#copies)*
            #[allow(unused_mut, unused_variables, clippy::let_unit_value)]
            let mut value = #call;
            #(#outputs)*
            ::core::option::Option::Some(())
        }
    }
}

/// The value behind a reference, or the value itself, borrowed.
fn borrowed(parameter: &Parameter, value: &TokenStream) -> TokenStream {
    match parameter.passing {
        Passing::Pointer => quote!(&*#value),
        _ => quote!(&#value),
    }
}

fn kept(place: usize) -> Ident {
    local(&format!("kept_{place}"))
}

fn kept_shadow(place: usize, lane: usize) -> Ident {
    format_ident!(
        "kept_{place}_{lane}",
        span = proc_macro2::Span::mixed_site()
    )
}
