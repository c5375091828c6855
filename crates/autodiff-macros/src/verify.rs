//! Code by which a derivative checks itself, written in builds with `AUTODIFF_VERIFY` only.
//!
//! Copies are taken before the derivative runs. Afterwards the function is called on shifted copies, the function's
//! forward derivative too if this is a reverse one, and the runtime crate compares (`autodiff::verify`).

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Type;

use crate::activity::{Activity, Mode};
use crate::body::{called, zeroed};
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
                Again::Clone => quote!((&::autodiff::verify::Kept(#value)).copied()),
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
            Copied as _, NotCopied as _, NotVarying as _, Varying as _,
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
    let calls_function = calls_function(derivative);
    let (function, forward) = (local("function"), local("forward"));
    let (primal, origin) = (local("primal"), local("origin"));
    let (bound, given) = match derivative.mode {
        Mode::Reverse => {
            let calls_forward = calls_forward(&derivative.forward());
            (
                quote! {
                    let #origin = (#primal, || ());
                    let #forward = #calls_forward;
                },
                quote!(::core::option::Option::Some(&#forward)),
            )
        }
        Mode::Forward => (TokenStream::new(), quote!(::core::option::Option::None)),
    };
    let lanes = (0..derivative.width as usize).map(|lane| {
        let filled = filled(derivative, lane);
        quote! {{
            let mut #check = ::autodiff::verify::Check::new(#name, #place);
            let filled = (|| { #(#filled)* ::core::option::Option::Some(()) })();
            #check.finish(filled, &#function, #given);
        }}
    });
    quote! {
        if #verified {
            let #function = #calls_function;
            #bound
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
        let x = quote!(let mut x = (&::autodiff::verify::Given(#kept.as_deref()?)).copied()?;);
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
        let before = quote!(let mut before = (&::autodiff::verify::Given(#kept_shadow.as_deref()?)).copied()?;);
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
fn calls_function(derivative: &Derivative) -> TokenStream {
    let (mut copies, mut arguments, mut outputs) = (Vec::new(), Vec::new(), Vec::new());
    for (place, parameter) in derivative.parameters.iter().enumerate() {
        let copy = local(&format!("again_{place}"));
        copies.push(copy_of(place, parameter, &copy));
        match again(parameter) {
            Again::Same => {
                arguments.push(parameter.value());
                continue;
            }
            Again::Clone => {}
            Again::Vary => copies.push(input(&copy)),
        }
        if parameter.passing == Passing::Pointer {
            arguments.push(reference(parameter, &copy));
            if again(parameter) == Again::Vary {
                outputs.push(output(&copy));
            }
        } else {
            arguments.push(quote!(*#copy));
        }
    }
    let value = local("value");
    if matches!(normal_form::out(derivative), Out::Shadowed(_)) {
        outputs.push(output(&value));
    }
    let path = derivative.primal_path();
    let called = match derivative.primal.sig.unsafety {
        Some(_) => quote!(unsafe { #path(#(#arguments),*) }),
        None => quote!(#path(#(#arguments),*)),
    };
    let call = local("call");
    quote! {
        |#call: &mut ::autodiff::verify::Call<'_>| -> ::core::option::Option<()> {
            #(#copies)*
            #[allow(unused_mut, unused_variables, clippy::let_unit_value)]
            let mut #value = #called;
            #(#outputs)*
            ::core::option::Option::Some(())
        }
    }
}

/// A closure that calls the forward derivative once, along the direction. `origin` is the pair that tells the driver
/// whose derivative it is: its closure must stand in the derivative itself.
fn calls_forward(derivative: &Derivative) -> TokenStream {
    let (mut copies, mut arguments, mut outputs) = (Vec::new(), Vec::new(), Vec::new());
    for (place, parameter) in derivative.parameters.iter().enumerate() {
        let (copy, tangent) = (
            local(&format!("again_{place}")),
            local(&format!("tangent_{place}")),
        );
        copies.push(copy_of(place, parameter, &copy));
        let passed = |copy: &Ident| match parameter.passing {
            Passing::Pointer => reference(parameter, copy),
            _ => quote!(&mut ::autodiff::__private::Slot::new(*#copy)),
        };
        arguments.push(match again(parameter) {
            Again::Same => parameter.value(),
            _ => passed(&copy),
        });
        if again(parameter) == Again::Vary {
            copies.extend([copy_of(place, parameter, &tangent), input(&tangent)]);
            arguments.push(passed(&tangent));
            if parameter.passing == Passing::Pointer {
                outputs.push(output(&tangent));
            }
        }
    }
    let (out, tangent) = (local("out"), local("tangent"));
    match (normal_form::out(derivative), &derivative.outcome) {
        (Out::Const, _) => {
            copies.push(quote!(let mut #out = ::core::option::Option::None;));
            arguments.push(quote!(&mut #out));
        }
        (Out::Shadowed(_), Some(outcome)) => {
            copies.extend([zeroed(&out, &outcome.ty), zeroed(&tangent, &outcome.ty)]);
            arguments.extend([quote!(&mut #out), quote!(&mut #tangent)]);
            outputs.push(output(&tangent));
        }
        _ => {}
    }
    let pair = normal_form::pair(derivative);
    let (primal, origin, target) = (local("primal"), local("origin"), local("target"));
    let call = local("call");
    let called = called(derivative, &primal);
    quote! {
        |#call: &mut ::autodiff::verify::Call<'_>| -> ::core::option::Option<()> {
            #(#copies)*
            let #target = { #pair };
            #target(#called, #origin, #(#arguments),*);
            #(#outputs)*
            ::core::option::Option::Some(())
        }
    }
}

/// A statement that makes a copy of what was kept of a parameter, unless it is passed as it is.
fn copy_of(place: usize, parameter: &Parameter, copy: &Ident) -> TokenStream {
    let kept = kept(place);
    match again(parameter) {
        Again::Same => TokenStream::new(),
        Again::Clone => quote! {
            #[allow(unused_mut)]
            let mut #copy = (&::autodiff::verify::Kept(#kept.as_deref()?)).copied()?;
        },
        Again::Vary => {
            quote!(let mut #copy = (&::autodiff::verify::Given(#kept.as_deref()?)).copied()?;)
        }
    }
}

fn input(copy: &Ident) -> TokenStream {
    let call = local("call");
    quote!(#call.input((&mut ::autodiff::verify::Floats(&mut #copy)).varying()?);)
}

fn output(copy: &Ident) -> TokenStream {
    let call = local("call");
    quote!(#call.output((&mut ::autodiff::verify::Floats(&mut #copy)).varying()?);)
}

fn reference(parameter: &Parameter, copy: &Ident) -> TokenStream {
    let mutable = types::is_mutable_reference(&parameter.ty).then(|| quote!(mut));
    quote!(&#mutable *#copy)
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
