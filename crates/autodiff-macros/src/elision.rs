//! A result that borrows from the only reference of the primal would be ambiguous beside shadows: name its lifetime.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, Lifetime, ReturnType, Signature, TypeReference};

/// Writes out the lifetime that rustc would have filled in for the result of the primal.
pub(crate) fn name_lifetime_of_result(sig: &mut Signature) {
    let mut result = Elided::default();
    if let ReturnType::Type(_, ty) = &sig.output {
        result.visit_type(ty);
    }
    if result.count == 0 {
        return;
    }
    let lifetime = Lifetime::new("'primal", Span::mixed_site());
    let mut naming = Naming {
        lifetime: lifetime.clone(),
    };
    let Some(lender) = lender(sig) else { return };
    match lender {
        FnArg::Receiver(receiver) => {
            if let Some((_, place)) = &mut receiver.reference {
                naming.fill(place);
            }
            naming.visit_type_mut(&mut receiver.ty);
        }
        FnArg::Typed(typed) => naming.visit_type_mut(&mut typed.ty),
    }
    if let ReturnType::Type(_, ty) = &mut sig.output {
        naming.visit_type_mut(ty);
    }
    sig.generics.params.insert(
        0,
        syn::GenericParam::Lifetime(syn::LifetimeParam::new(lifetime)),
    );
}

/// The parameter whose lifetime the result takes: `&self`, or the only one with an elided lifetime.
fn lender(sig: &mut Signature) -> Option<&mut FnArg> {
    let mut lenders: Vec<&mut FnArg> = Vec::new();
    for input in &mut sig.inputs {
        let mut elided = Elided::default();
        match &*input {
            FnArg::Receiver(receiver) => elided.visit_type(&receiver.ty),
            FnArg::Typed(typed) => elided.visit_type(&typed.ty),
        }
        if elided.count == 0 {
            continue;
        }
        if matches!(input, FnArg::Receiver(_)) {
            return Some(input);
        }
        lenders.push(input);
    }
    if lenders.len() == 1 {
        lenders.pop()
    } else {
        None
    }
}

#[derive(Default)]
struct Elided {
    count: usize,
}

impl<'ast> Visit<'ast> for Elided {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        self.count += usize::from(reference.lifetime.is_none());
        visit::visit_type_reference(self, reference);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.count += usize::from(lifetime.ident == "_");
    }

    // Function types elide among themselves.
    fn visit_type_bare_fn(&mut self, _: &'ast syn::TypeBareFn) {}
    fn visit_parenthesized_generic_arguments(
        &mut self,
        _: &'ast syn::ParenthesizedGenericArguments,
    ) {
    }
}

struct Naming {
    lifetime: Lifetime,
}

impl Naming {
    fn fill(&self, place: &mut Option<Lifetime>) {
        if place.as_ref().is_none_or(|written| written.ident == "_") {
            *place = Some(self.lifetime.clone());
        }
    }
}

impl VisitMut for Naming {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        self.fill(&mut reference.lifetime);
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.lifetime.clone();
        }
    }

    fn visit_type_bare_fn_mut(&mut self, _: &mut syn::TypeBareFn) {}
    fn visit_parenthesized_generic_arguments_mut(
        &mut self,
        _: &mut syn::ParenthesizedGenericArguments,
    ) {
    }
}
