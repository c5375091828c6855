//! The inner pair of every derivative: `source`, which is differentiated, and `target`, whose body the driver replaces.
//!
//! Both are generic over the primal and over every type, so that they need none of the names, lifetimes,
//! bounds or `Self` of their surroundings. The primal is a function item: a value of no size, and no LLVM
//! parameter. So is `origin`, a pair of the primal and of a closure in the derivative: the names of these types tell
//! the driver whether both are in one `impl`, or `Self::name` has found another function. Every parameter that has one is a scalar, a pointer or a slice, and nothing comes back by value.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Lifetime;

use crate::activity::{Activity, Mode};
use crate::derivative::{local, Derivative};
use crate::parameter::{Parameter, Passing};
use crate::types::{self, Many};

/// How the result leaves `source`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Out {
    Nothing,
    /// `&mut Option<R>`, which takes no part.
    Const,
    /// `&mut R` with as many shadows as there are lanes.
    Shadowed(Activity),
}

/// One parameter of `source`, with those that `target` has after it.
struct Lowered {
    name: Ident,
    generics: Generics,
    ty: TokenStream,
    /// What the primal takes, and how it is made from the parameter; nothing for `out`.
    argument: Option<(TokenStream, TokenStream)>,
    shadows: Vec<(Ident, TokenStream)>,
    shadow_generics: Generics,
    activity: Activity,
    /// Bytes of an element, or of the whole where it is one, of what may be given a shadow of zeros.
    stride: Option<TokenStream>,
}

/// Generic parameters of the pair, in the order of declaration. All are without drop glue, so that the
/// marker's call has no landing pad.
#[derive(Default)]
struct Generics {
    lifetimes: Vec<Lifetime>,
    types: Vec<Ident>,
    bounds: Vec<TokenStream>,
}

impl Generics {
    fn one(name: &Ident, bound: &TokenStream) -> Self {
        Self {
            types: vec![name.clone()],
            bounds: vec![quote!(#name: #bound)],
            ..Self::default()
        }
    }

    fn concat<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        let mut whole = Self::default();
        for part in all {
            whole.lifetimes.extend(part.lifetimes.iter().cloned());
            whole.types.extend(part.types.iter().cloned());
            whole.bounds.extend(part.bounds.iter().cloned());
        }
        whole
    }
}

/// The pair as an expression: a block whose value is `target`.
pub(crate) fn pair(derivative: &Derivative) -> TokenStream {
    let lowered = lowered(derivative);
    let source = source(derivative, &lowered);
    let target = target(derivative, &lowered);
    quote!(#source #target target)
}

fn target(derivative: &Derivative, lowered: &[Lowered]) -> TokenStream {
    let shared = Generics::concat(lowered.iter().map(|each| &each.generics));
    let own = Generics::concat(lowered.iter().map(|each| &each.shadow_generics));
    let (lifetimes, types, shadows) = (shared.lifetimes, shared.types, own.types);
    let bounds = own.bounds.into_iter().chain(shared.bounds);
    let primal_bound = primal_bound(derivative, lowered);
    let parameters = lowered.iter().map(|each| {
        let Lowered {
            name, ty, shadows, ..
        } = each;
        let shadows = shadows.iter().map(|(name, ty)| quote!(#name: #ty));
        quote!(#name: #ty #(, #shadows)*)
    });
    let request = request(derivative, lowered, &types);
    let (primal, origin) = (local("primal"), local("origin"));
    let private = quote!(::autodiff::__private);
    quote! {
        #[inline(never)]
        #[allow(unused_variables, clippy::too_many_arguments)]
        fn target<#(#lifetimes,)* F, O, #(#types,)* #(#shadows),*>(#primal: F, #origin: O, #(#parameters),*)
        where
            #primal_bound,
            O: #private::Copy,
            #(#bounds),*
        {
            #private::cargo_autodiff_was_not_run__build_with__cargo_autodiff(
                &const { #request } as *const _ as *const (),
            )
        }
    }
}

fn request(derivative: &Derivative, lowered: &[Lowered], generics: &[Ident]) -> TokenStream {
    let private = quote!(::autodiff::__private);
    let types: Vec<&TokenStream> = lowered.iter().map(|each| &each.ty).collect();
    let spec = spec(derivative, lowered);
    let count = lowered.len() + 1;
    let strides = lowered.iter().map(|each| match &each.stride {
        Some(ty) => quote!(#private::stride::<#ty>()),
        None => quote!(0),
    });
    quote! {
        #private::Request::<_, #count> {
            source: source::<F, #(#generics),*> as fn(F, #(#types),*),
            spec: #spec,
            place: ::core::concat!(::core::file!(), ":", ::core::line!(), ":", ::core::column!()),
            origin: #private::type_name::<O> as fn() -> &'static str,
            sizes: [#private::size_of::<F>(), #(#private::size_of::<#types>()),*],
            strides: [0, #(#strides),*],
        }
    }
}

fn source(derivative: &Derivative, lowered: &[Lowered]) -> TokenStream {
    let generics = Generics::concat(lowered.iter().map(|each| &each.generics));
    let (lifetimes, types, bounds) = (generics.lifetimes, generics.types, generics.bounds);
    let primal_bound = primal_bound(derivative, lowered);
    let parameters = lowered.iter().map(|each| {
        let Lowered { name, ty, .. } = each;
        quote!(#name: #ty)
    });
    let arguments = lowered.iter().filter_map(|each| each.argument.as_ref());
    let arguments = arguments.map(|(_, value)| value);
    let primal = local("primal");
    let call = quote!(#primal(#(#arguments),*));
    let result = local("out");
    let body = match out(derivative) {
        Out::Nothing => quote!(#call),
        Out::Const => quote!(::autodiff::__private::put(#result, #call)),
        Out::Shadowed(_) => quote!(*#result = #call),
    };
    quote! {
        #[allow(clippy::too_many_arguments)]
        fn source<#(#lifetimes,)* F, #(#types),*>(#primal: F, #(#parameters),*)
        where
            #primal_bound,
            #(#bounds),*
        {
            #body
        }
    }
}

fn primal_bound(derivative: &Derivative, lowered: &[Lowered]) -> TokenStream {
    let private = quote!(::autodiff::__private);
    let inputs = lowered.iter().filter_map(|each| each.argument.as_ref());
    let inputs = inputs.map(|(ty, _)| ty);
    let result = match out(derivative) {
        Out::Nothing => quote!(()),
        Out::Const | Out::Shadowed(_) => quote!(R),
    };
    quote!(F: #private::Copy + #private::FnOnce(#(#inputs),*) -> #result)
}

fn lowered(derivative: &Derivative) -> Vec<Lowered> {
    let parameters = derivative.parameters.iter().enumerate();
    let mut lowered: Vec<Lowered> = parameters
        .map(|(place, parameter)| match parameter.passing {
            Passing::Scalar => scalar(place, parameter),
            Passing::Pointer => pointer(place, parameter),
            Passing::Borrowed => borrowed(place, parameter),
            Passing::Slot => moved(place, parameter),
        })
        .collect();
    lowered.extend(outgoing(derivative));
    lowered
}

fn scalar(place: usize, parameter: &Parameter) -> Lowered {
    let (name, generic) = (parameter.inner_name(), format_ident!("P{place}"));
    Lowered {
        generics: Generics::one(&generic, &quote!(::autodiff::__private::Copy)),
        ty: quote!(#generic),
        argument: Some((quote!(#generic), quote!(#name))),
        name,
        shadows: Vec::new(),
        shadow_generics: Generics::default(),
        activity: parameter.activity,
        stride: None,
    }
}

/// The referent of every shadow is a type of its own: its lifetimes may differ from the primal's.
fn pointer(place: usize, parameter: &Parameter) -> Lowered {
    let (name, generic) = (parameter.inner_name(), format_ident!("P{place}"));
    let sized = quote!(?::autodiff::__private::Sized);
    let lifetime = Lifetime::new(&format!("'p{place}"), Span::mixed_site());
    let many = match parameter.activity {
        Activity::Const => types::many(&parameter.ty),
        _ => None,
    };
    let (bound, referent) = match many {
        Some(Many::Slice) => (quote!(::autodiff::__private::Sized), quote!([#generic])),
        Some(Many::Array) => (quote!(::autodiff::__private::Sized), quote!(#generic)),
        None => (sized.clone(), quote!(#generic)),
    };
    let mut generics = Generics::one(&generic, &bound);
    let ty = types::pointer_to(&parameter.ty, &referent, Some(&lifetime));
    generics.lifetimes.push(lifetime);
    let shadow_ty = parameter.shadow_type();
    let mut shadow_generics = Generics::default();
    let mut shadows = Vec::new();
    for (lane, shadow) in parameter.lanes().into_iter().enumerate() {
        let referent = format_ident!("S{place}_{lane}");
        shadows.push((
            shadow,
            types::pointer_to(&shadow_ty, &quote!(#referent), None),
        ));
        shadow_generics.bounds.push(quote!(#referent: #sized));
        shadow_generics.types.push(referent);
    }
    Lowered {
        generics,
        argument: Some((ty.clone(), quote!(#name))),
        ty,
        name,
        shadows,
        shadow_generics,
        activity: parameter.activity.by_lanes(),
        stride: many.map(|_| quote!(#generic)),
    }
}

/// An active value, with its gradient as the shadow.
fn borrowed(place: usize, parameter: &Parameter) -> Lowered {
    let (name, generic) = (parameter.inner_name(), format_ident!("P{place}"));
    let gradient = parameter.gradient();
    Lowered {
        generics: Generics::one(&generic, &quote!(::autodiff::__private::Copy)),
        ty: quote!(&#generic),
        argument: Some((quote!(#generic), quote!(*#name))),
        name,
        shadows: gradient
            .map(|name| (name, quote!(&mut #generic)))
            .into_iter()
            .collect(),
        shadow_generics: Generics::default(),
        activity: Activity::Duplicated,
        stride: None,
    }
}

fn moved(place: usize, parameter: &Parameter) -> Lowered {
    let (name, generic) = (parameter.inner_name(), format_ident!("P{place}"));
    let ty = quote!(&mut ::autodiff::__private::Slot<#generic>);
    let shadows = parameter.shadows().into_iter();
    Lowered {
        generics: Generics {
            types: vec![generic.clone()],
            ..Generics::default()
        },
        argument: Some((quote!(#generic), quote!(#name.take()))),
        name,
        shadows: shadows.map(|name| (name, ty.clone())).collect(),
        ty,
        shadow_generics: Generics::default(),
        activity: parameter.activity,
        stride: None,
    }
}

fn outgoing(derivative: &Derivative) -> Option<Lowered> {
    let generic = format_ident!("R");
    let mut generics = Generics::one(&generic, &quote!(::autodiff::__private::Copy));
    let (ty, activity, lanes) = match out(derivative) {
        Out::Nothing => return None,
        Out::Const => {
            generics.bounds.clear();
            (
                quote!(&mut ::autodiff::__private::Option<R>),
                Activity::Const,
                0,
            )
        }
        Out::Shadowed(activity) => (quote!(&mut R), activity, derivative.width),
    };
    let shadows = (0..lanes).map(|lane| (local(&format!("shadow_{lane}")), quote!(&mut R)));
    Some(Lowered {
        name: local("out"),
        generics,
        ty,
        argument: None,
        shadows: shadows.collect(),
        shadow_generics: Generics::default(),
        activity,
        stride: None,
    })
}

/// How the result of this derivative leaves `source`.
pub(crate) fn out(derivative: &Derivative) -> Out {
    let Some(outcome) = &derivative.outcome else {
        return Out::Nothing;
    };
    let only = outcome.activity.drops_value();
    match (outcome.activity, derivative.mode) {
        (Activity::Const, _) => Out::Const,
        (_, Mode::Reverse) if only => Out::Shadowed(Activity::DuplicatedOnly),
        (_, Mode::Reverse) => Out::Shadowed(Activity::Duplicated),
        (_, Mode::Forward) if only => Out::Shadowed(Activity::DualOnly),
        (_, Mode::Forward) => Out::Shadowed(Activity::Dual),
    }
}

/// The request in the driver's grammar: one activity for every parameter of `source`, the primal itself included.
fn spec(derivative: &Derivative, lowered: &[Lowered]) -> String {
    let mode = derivative.mode.word();
    let width = match derivative.width {
        1 => String::new(),
        width => format!("width={width},"),
    };
    let activities = lowered.iter().map(|each| each.activity.word());
    let words: Vec<&str> = std::iter::once(Activity::Const.word())
        .chain(activities)
        .collect();
    let optional = if derivative.optional {
        "optional=yes,"
    } else {
        ""
    };
    format!(
        "mode={mode},ret=const,{width}{optional}args={}",
        words.join(",")
    )
}
