//! The parameters of a primal, each with its activity and the way it takes into the differentiated code.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, ToTokens};
use syn::{FnArg, Pat, Receiver, Type};

use crate::activity::{Activity, Written};
use crate::types;

/// How a value gets from the derivative into `source`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Passing {
    /// A scalar that takes no part, by value.
    Scalar,
    /// A reference or a raw pointer, as written.
    Pointer,
    /// Active by value: `&T`, so that its gradient is the content of a local.
    Borrowed,
    /// Any other type by value: moved through a slot, so that no type's own ABI is met.
    Slot,
}

#[derive(Clone)]
pub(crate) struct Parameter {
    /// What it is called in the derivative; `None` for `self`.
    name: Option<Ident>,
    receiver: Option<Receiver>,
    /// As it stands in the derivative's signature, where its lifetime may have been named.
    declared: FnArg,
    pub(crate) ty: Type,
    pub(crate) activity: Activity,
    pub(crate) activity_span: Span,
    pub(crate) passing: Passing,
    lanes: u32,
}

impl Parameter {
    /// A parameter called as the primal would hide it, and so is taken for one without a name.
    pub(crate) fn read(
        primal: &Ident,
        inputs: impl Iterator<Item = FnArg>,
        declared: impl Iterator<Item = FnArg>,
        written: &[Written],
        lanes: u32,
    ) -> Vec<Self> {
        let inputs: Vec<FnArg> = inputs.collect();
        let names = inputs.iter().filter_map(plain_name).cloned();
        let taken: Vec<Ident> = std::iter::once(primal.clone()).chain(names).collect();
        inputs
            .into_iter()
            .zip(declared)
            .zip(written)
            .enumerate()
            .map(|(place, (input, written))| Self::new(input, place, *written, lanes, &taken))
            .collect()
    }

    fn new(
        (input, declared): (FnArg, FnArg),
        place: usize,
        written: Written,
        lanes: u32,
        taken: &[Ident],
    ) -> Self {
        let name = plain_name(&input)
            .filter(|name| **name != taken[0])
            .cloned();
        let (name, receiver, ty) = match input {
            FnArg::Receiver(receiver) => (None, Some(receiver.clone()), *receiver.ty),
            FnArg::Typed(typed) => {
                let name = name.unwrap_or_else(|| free_name(place, taken));
                (Some(name), None, *typed.ty)
            }
        };
        Self {
            declared,
            name,
            receiver,
            passing: passing(&ty, written.activity),
            ty,
            activity: written.activity,
            activity_span: written.span,
            lanes,
        }
    }

    /// It in the forward derivative of the same function, with one lane.
    pub(crate) fn forward(&self) -> Self {
        let activity = match self.activity {
            Activity::Const => Activity::Const,
            _ => Activity::Dual,
        };
        Self {
            activity,
            passing: passing(&self.ty, activity),
            lanes: 1,
            ..self.clone()
        }
    }

    /// The parameter in the derivative's signature, without the primal's `mut`.
    pub(crate) fn declaration(&self) -> TokenStream {
        match self.declared.clone() {
            FnArg::Receiver(mut receiver) => {
                receiver.attrs.clear();
                if receiver.reference.is_none() {
                    receiver.mutability = None;
                }
                receiver.into_token_stream()
            }
            FnArg::Typed(typed) => {
                let (name, ty) = (&self.name, &typed.ty);
                quote!(#name: #ty)
            }
        }
    }

    /// The shadow parameters in the derivative's signature.
    pub(crate) fn shadow_declarations(&self) -> Vec<TokenStream> {
        let ty = self.shadow_type();
        let names = self.shadows();
        names.iter().map(|name| quote!(#name: #ty)).collect()
    }

    pub(crate) fn shadow_type(&self) -> Type {
        let mutable = types::with_mutable_pointer(&self.ty);
        match mutable.filter(|_| self.activity.is_duplicated()) {
            Some(ty) => ty,
            None => self.ty.clone(),
        }
    }

    /// The shadow parameters' names: `dx_0` for `Duplicated`, `bx_0` for `Dual`.
    pub(crate) fn shadows(&self) -> Vec<Ident> {
        let (letter, lanes) = match self.activity {
            Activity::Duplicated | Activity::DuplicatedOnly => ('d', self.lanes),
            Activity::Dual | Activity::DualOnly => ('b', self.lanes),
            Activity::Dualv | Activity::DualvOnly => ('b', 1),
            Activity::Const | Activity::Active | Activity::ActiveOnly => return Vec::new(),
        };
        let name = self.text();
        let span = self.span();
        (0..lanes)
            .map(|lane| format_ident!("{letter}{name}_{lane}", span = span))
            .collect()
    }

    /// The shadows as the differentiated code sees them: one for each lane, also of those that hold all lanes.
    pub(crate) fn lanes(&self) -> Vec<Ident> {
        if !self.activity.is_vector() {
            return self.shadows();
        }
        let name = self.text();
        let span = Span::mixed_site();
        (0..self.lanes)
            .map(|lane| format_ident!("lane_{name}_{lane}", span = span))
            .collect()
    }

    /// The local in which the gradient of an active parameter is gathered.
    pub(crate) fn gradient(&self) -> Option<Ident> {
        let local = || format_ident!("d{}", self.text(), span = Span::mixed_site());
        (self.activity == Activity::Active).then(local)
    }

    /// The parameter as an expression.
    pub(crate) fn value(&self) -> TokenStream {
        match (&self.receiver, &self.name) {
            (Some(receiver), _) => receiver.self_token.into_token_stream(),
            (None, name) => name.into_token_stream(),
        }
    }

    /// The name, as text for messages.
    pub(crate) fn text(&self) -> String {
        let name = self.name.as_ref().map(Ident::to_string);
        let name = name.unwrap_or_else(|| "self".to_owned());
        name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
    }

    /// What `source` and `target` call it. All else there is hygienic, so that no name of the user's can meet it.
    pub(crate) fn inner_name(&self) -> Ident {
        match &self.name {
            Some(name) => name.clone(),
            None => Ident::new("this", Span::mixed_site()),
        }
    }

    fn span(&self) -> Span {
        match (&self.receiver, &self.name) {
            (Some(receiver), _) => receiver.self_token.span.resolved_at(Span::call_site()),
            (None, Some(name)) => name.span(),
            (None, None) => Span::call_site(),
        }
    }
}

fn plain_name(input: &FnArg) -> Option<&Ident> {
    match input {
        FnArg::Receiver(_) => None,
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(&pat.ident),
            _ => None,
        },
    }
}

/// A name for a parameter that is a pattern, which rustc crashes on.
fn free_name(place: usize, taken: &[Ident]) -> Ident {
    let mut name = format!("arg{place}");
    while taken.iter().any(|other| *other == name) {
        name.push('_');
    }
    Ident::new(&name, Span::call_site())
}

fn passing(ty: &Type, activity: Activity) -> Passing {
    if activity == Activity::Active {
        Passing::Borrowed
    } else if types::is_pointer(ty) {
        Passing::Pointer
    } else if activity == Activity::Const && types::is_scalar(ty) {
        Passing::Scalar
    } else {
        Passing::Slot
    }
}
