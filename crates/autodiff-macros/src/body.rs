//! The function that the user calls: checks, locals for what comes back, one call of the placeholder.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use syn::spanned::Spanned;
use syn::{Attribute, Type};

use crate::activity::{Activity, Mode};
use crate::derivative::{local, tuple, Derivative};
use crate::normal_form::{self, Out};
use crate::parameter::{Parameter, Passing};
use crate::{types, verify};

/// The whole derivative as an item.
pub(crate) fn item(derivative: &Derivative) -> TokenStream {
    let attributes = attributes(derivative);
    let vis = &derivative.primal.vis;
    let sig = &derivative.primal.sig;
    let only = derivative
        .parameters
        .iter()
        .any(|p| p.activity.makes_unsafe());
    let unsafety = (only || sig.unsafety.is_some()).then(|| quote!(unsafe));
    let abi = &sig.abi;
    let name = &derivative.name;
    let generics = &derivative.generics;
    let clause = &generics.where_clause;
    let inputs = derivative.inputs();
    let output = derivative.output();
    let (witness, testimony) = witness(derivative);
    let body = body(derivative);
    quote! {
        #witness
        #attributes
        #vis #unsafety #abi fn #name #generics (#inputs) #output #clause {
            #testimony
            #body
        }
    }
}

/// An item beside the derivative, and its use by the derivative, of a function that seems to be no associated one.
///
/// Inside an `impl` the primal's bare name could be that of another function. The item is then an associated
/// constant, which a bare name does not reach, and rustc's message says what to do.
fn witness(derivative: &Derivative) -> (TokenStream, TokenStream) {
    if derivative.primal.associated {
        return (TokenStream::new(), TokenStream::new());
    }
    let configured = derivative.primal.attrs.iter();
    let configured = configured.filter(|attr| attr.path().is_ident("cfg"));
    let derivative = derivative.name.to_string().replace("r#", "");
    let name = format_ident!("{derivative}_is_inside_an_impl__name_it_Self_{derivative}");
    let item = quote! {
        #(#configured)*
        #[doc(hidden)]
        #[allow(non_upper_case_globals)]
        const #name: () = ();
    };
    (item, quote!(let () = #name;))
}

fn attributes(derivative: &Derivative) -> TokenStream {
    let mut attributes: Vec<TokenStream> = derivative
        .primal
        .attrs
        .iter()
        .filter_map(inherited)
        .collect();
    let text = documentation(derivative);
    attributes.push(quote!(#[doc = #text]));
    if derivative.primal.sig.abi.is_none() && (verify::wanted() || !checks(derivative).is_empty()) {
        attributes.push(quote!(#[track_caller]));
    }
    let lints = lints(derivative);
    attributes.push(quote!(#[allow(#(#lints),*)]));
    quote!(#(#attributes)*)
}

/// What of the primal's attributes holds for the derivative too.
fn inherited(attr: &Attribute) -> Option<TokenStream> {
    let path = attr.path();
    if path.is_ident("cfg") || path.is_ident("allow") || is_inline_never(attr) {
        return Some(attr.to_token_stream());
    }
    if path.is_ident("expect") {
        let lints = &attr.meta.require_list().ok()?.tokens;
        return Some(quote!(#[allow(#lints)]));
    }
    None
}

fn is_inline_never(attr: &Attribute) -> bool {
    attr.path().is_ident("inline")
        && attr
            .parse_args::<Ident>()
            .is_ok_and(|argument| argument == "never")
}

fn documentation(derivative: &Derivative) -> String {
    let primal = &derivative.primal.sig.ident;
    let mode = derivative.mode.word();
    let only = derivative
        .parameters
        .iter()
        .any(|p| p.activity.makes_unsafe());
    let safety = if only {
        "\n\n# Safety\n\nWhat a parameter marked `DuplicatedOnly` or `DualOnly` refers to is scratch afterwards."
    } else {
        ""
    };
    let attribute = derivative.mode.attribute();
    let inherited = match derivative.primal.sig.unsafety {
        Some(_) => format!("\n\n# Safety\n\nAs for `{primal}`."),
        None => String::new(),
    };
    format!(
        "The derivative of `{primal}` in {mode} mode, made by `#[{attribute}]`.{inherited}{safety}"
    )
}

fn lints(derivative: &Derivative) -> Vec<TokenStream> {
    let mut lints = vec![
        quote!(clippy::too_many_arguments),
        quote!(clippy::type_complexity),
        quote!(clippy::multiple_bound_locations),
        quote!(clippy::ptr_arg),
        quote!(non_snake_case),
    ];
    let attrs = &derivative.primal.attrs;
    if attrs.iter().any(|attr| attr.path().is_ident("deprecated")) {
        lints.push(quote!(deprecated));
    }
    if derivative.primal.sig.abi.is_some() {
        lints.push(quote!(improper_ctypes_definitions));
    }
    lints
}

fn body(derivative: &Derivative) -> TokenStream {
    let checks = checks(derivative);
    let gradients = derivative.parameters.iter().filter_map(|parameter| {
        let gradient = parameter.gradient()?;
        Some(zeroed(&gradient, &parameter.ty))
    });
    let vectors = derivative.parameters.iter().filter_map(split_vector);
    let results = results(derivative);
    let pair = normal_form::pair(derivative);
    let (primal, path) = (local("primal"), derivative.primal_path());
    let called = called(derivative, &primal);
    let arguments = arguments(derivative);
    let value = returned(derivative);
    let target = local("target");
    let (before, after) = match verify::wanted() {
        true => (verify::before(derivative), verify::after(derivative)),
        false => (TokenStream::new(), TokenStream::new()),
    };
    quote! {
        #(#checks)*
        #before
        #(#gradients)*
        #(#vectors)*
        #results
        let #target = { #pair };
        let #primal = #path;
        #target(#called, (#primal, || ()), #(#arguments),*);
        #after
        #value
    }
}

/// A shadow that holds all lanes becomes one slice for each.
fn split_vector(parameter: &Parameter) -> Option<TokenStream> {
    if !parameter.activity.is_vector() {
        return None;
    }
    let (value, shadows, lanes) = (parameter.value(), parameter.shadows(), parameter.lanes());
    let split = match types::is_mutable_reference(&parameter.ty) {
        true => quote!(split_lanes_mut),
        false => quote!(split_lanes),
    };
    Some(quote!(let [#(#lanes),*] = ::autodiff::__private::#split(#(#shadows)*, #value.len());))
}

pub(crate) fn zeroed(name: &Ident, ty: &Type) -> TokenStream {
    let zero = quote_spanned!(ty.span()=> <#ty as ::autodiff::__private::Differentiable>::ZERO);
    quote!(let mut #name: #ty = #zero;)
}

/// The locals into which `source` writes.
fn results(derivative: &Derivative) -> TokenStream {
    let Some(outcome) = &derivative.outcome else {
        return TokenStream::new();
    };
    let (out, shadows) = (local("out"), local("shadows"));
    if normal_form::out(derivative) == Out::Const {
        return quote!(let mut #out = ::autodiff::__private::Option::None;);
    }
    let ty = &outcome.ty;
    let width = derivative.width as usize;
    let value = zeroed(&out, ty);
    let lanes = lanes(derivative);
    let seed = match derivative.seed() {
        Some(seed) => quote!(#seed),
        None => quote!(<#ty as ::autodiff::__private::Differentiable>::ZERO),
    };
    quote! {
        #value
        let mut #shadows: [#ty; #width] = [#seed; #width];
        let [#(#lanes),*] = &mut #shadows;
    }
}

/// What `source` calls, a value without size: the primal itself, or a closure where `unsafe` has to be said.
pub(crate) fn called(derivative: &Derivative, primal: &Ident) -> TokenStream {
    if derivative.primal.sig.unsafety.is_none() {
        return quote!(#primal);
    }
    let names: Vec<Ident> = derivative
        .parameters
        .iter()
        .map(Parameter::inner_name)
        .collect();
    quote!(move |#(#names),*| unsafe { #primal(#(#names),*) })
}

fn arguments(derivative: &Derivative) -> Vec<TokenStream> {
    let mut arguments = Vec::new();
    for parameter in &derivative.parameters {
        let value = parameter.value();
        let shadows = parameter.shadows();
        match parameter.passing {
            Passing::Scalar | Passing::Pointer => {
                arguments.push(value);
                arguments.extend(parameter.lanes().iter().map(ToTokens::to_token_stream));
            }
            Passing::Borrowed => {
                let gradient = parameter.gradient();
                arguments.extend([quote!(&#value), quote!(&mut #gradient)]);
            }
            Passing::Slot => {
                arguments.push(quote!(&mut ::autodiff::__private::Slot::new(#value)));
                let slot = |name| quote!(&mut ::autodiff::__private::Slot::new(#name));
                arguments.extend(shadows.iter().map(slot));
            }
        }
    }
    let out = local("out");
    match normal_form::out(derivative) {
        Out::Nothing => {}
        Out::Const => arguments.push(quote!(&mut #out)),
        Out::Shadowed(_) => {
            arguments.push(quote!(&mut #out));
            arguments.extend(lanes(derivative).map(|lane| quote!(#lane)));
        }
    }
    arguments
}

fn lanes(derivative: &Derivative) -> impl Iterator<Item = Ident> {
    (0..derivative.width).map(|lane| local(&format!("lane_{lane}")))
}

/// The last expression of the derivative.
fn returned(derivative: &Derivative) -> TokenStream {
    let (out, shadows) = (local("out"), local("shadows"));
    let value = match normal_form::out(derivative) {
        Out::Nothing => None,
        Out::Const => Some(quote!(::autodiff::__private::get(#out))),
        Out::Shadowed(_) => Some(quote!(#out)),
    };
    let only = |activity: Activity| activity.drops_value();
    let dropped = derivative
        .outcome
        .as_ref()
        .is_some_and(|outcome| only(outcome.activity));
    let wanted = value.filter(|_| !dropped);
    if derivative.mode == Mode::Reverse {
        let gradients = derivative.parameters.iter().filter_map(Parameter::gradient);
        let gradients = gradients.map(|name| quote!(#name));
        let parts: Vec<TokenStream> = wanted.into_iter().chain(gradients).collect();
        return tuple(&parts).unwrap_or_default();
    }
    if !matches!(normal_form::out(derivative), Out::Shadowed(_)) {
        return wanted.unwrap_or_default();
    }
    match (wanted, derivative.width as usize) {
        (None, 1) => quote!(#shadows[0]),
        (None, _) => quote!(#shadows),
        (Some(value), 1) => quote!((#value, #shadows[0])),
        (Some(value), width) => {
            let places = 0..width;
            quote!([#value, #(#shadows[#places]),*])
        }
    }
}

/// Comparisons of each shadow's length with its primal's, before anything is written.
fn checks(derivative: &Derivative) -> Vec<TokenStream> {
    let name = derivative.name.to_string();
    let mut checks = Vec::new();
    for parameter in &derivative.parameters {
        if !needs_check(parameter) {
            continue;
        }
        let lanes = match parameter.activity.is_vector() {
            true => derivative.width as usize,
            false => 1,
        };
        let primal = length(parameter, &parameter.value());
        let text = parameter.text();
        for shadow in parameter.shadows() {
            let shadow_text = shadow.to_string();
            let length = length(parameter, &shadow.to_token_stream());
            checks.push(quote! {
                ::autodiff::__private::check(#name, (#text, #primal), (#shadow_text, #length), #lanes);
            });
            if grows(parameter) {
                let (given, shadow) = (room(&parameter.value()), room(&shadow.to_token_stream()));
                checks.push(quote! {
                    ::autodiff::__private::check(#name, (#text, #given), (#shadow_text, #shadow), 1);
                });
            }
        }
    }
    if checks.is_empty() {
        return checks;
    }
    let bring = quote!(
        use ::autodiff::__private::{BySize as _, BySlice as _};
    );
    vec![quote!(#bring #(#checks)*)]
}

fn length(parameter: &Parameter, value: &TokenStream) -> TokenStream {
    let place = match types::referent(&parameter.ty) {
        Some(_) => quote!(&*#value),
        None => quote!(&#value),
    };
    quote!((&::autodiff::__private::Extent(#place)).length())
}

/// Whether the function may put elements where the primal has room, and with them what belongs to them into the shadow.
fn grows(parameter: &Parameter) -> bool {
    match types::referent(&parameter.ty) {
        Some(ty) => types::is_mutable_reference(&parameter.ty) && types::is_vec(ty),
        None => types::is_vec(&parameter.ty),
    }
}

fn room(vector: &TokenStream) -> TokenStream {
    quote!(::autodiff::__private::room(#vector.capacity()))
}

/// Whether the shadow's type leaves its length open.
fn needs_check(parameter: &Parameter) -> bool {
    let ty = types::referent(&parameter.ty).unwrap_or(&parameter.ty);
    !matches!(ty, Type::Ptr(_) | Type::Array(_)) && !types::is_plain_float(ty)
}
