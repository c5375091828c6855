//! What can be told from a type as it is written.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{parse_quote, Lifetime, Token, Type, TypeParam, TypePath, TypePtr, TypeReference};

const SCALARS: [&str; 14] = [
    "bool", "char", "i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize", "f32",
    "f64",
];

/// The type inside parentheses and inside the invisible groups of `macro_rules!`.
pub(crate) fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        other => other,
    }
}

pub(crate) fn is_unit(ty: &Type) -> bool {
    matches!(peel(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// A primitive that is one LLVM value of at most 64 bits.
pub(crate) fn is_scalar(ty: &Type) -> bool {
    matches!(peel(ty), Type::Path(path) if names_one_of(path, &SCALARS))
}

/// Floats, arrays and tuples of them, spelled out.
pub(crate) fn is_plain_float(ty: &Type) -> bool {
    match peel(ty) {
        Type::Path(path) => names_one_of(path, &["f32", "f64"]),
        Type::Array(array) => is_plain_float(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_plain_float),
        _ => false,
    }
}

fn names_one_of(path: &TypePath, names: &[&str]) -> bool {
    path.qself.is_none() && names.iter().any(|name| path.path.is_ident(name))
}

pub(crate) fn is_pointer(ty: &Type) -> bool {
    matches!(peel(ty), Type::Reference(_) | Type::Ptr(_))
}

/// What a reference refers to.
pub(crate) fn referent(ty: &Type) -> Option<&Type> {
    match peel(ty) {
        Type::Reference(reference) => Some(peel(&reference.elem)),
        _ => None,
    }
}

/// A vector as it is written, by whatever path.
pub(crate) fn is_vec(ty: &Type) -> bool {
    let Type::Path(path) = peel(ty) else {
        return false;
    };
    path.path
        .segments
        .last()
        .is_some_and(|last| last.ident == "Vec")
}

pub(crate) fn is_mutable_reference(ty: &Type) -> bool {
    matches!(peel(ty), Type::Reference(reference) if reference.mutability.is_some())
}

pub(crate) fn is_slice_reference(ty: &Type) -> bool {
    matches!(referent(ty), Some(Type::Slice(_)))
}

/// What a reference refers to, if it is several values of a type with a size.
#[derive(Clone, Copy)]
pub(crate) enum Many {
    Slice,
    Array,
}

pub(crate) fn many(ty: &Type) -> Option<Many> {
    match referent(ty) {
        Some(Type::Slice(_)) => Some(Many::Slice),
        Some(Type::Array(_)) => Some(Many::Array),
        _ => None,
    }
}

/// `&T` to `&mut T`, `*const T` to `*mut T`; `None` if the type is not written as a reference or pointer.
pub(crate) fn with_mutable_pointer(ty: &Type) -> Option<Type> {
    let mut ty = peel(ty).clone();
    match &mut ty {
        Type::Reference(reference) => {
            reference.mutability = Some(Token![mut](Span::call_site()));
        }
        Type::Ptr(pointer) => {
            pointer.const_token = None;
            pointer.mutability = Some(Token![mut](Span::call_site()));
        }
        _ => return None,
    }
    Some(ty)
}

/// The pointer type as it is written, but to another type.
pub(crate) fn pointer_to(
    ty: &Type,
    referent: &TokenStream,
    lifetime: Option<&Lifetime>,
) -> TokenStream {
    match peel(ty) {
        Type::Reference(TypeReference { mutability, .. }) => {
            quote!(& #lifetime #mutability #referent)
        }
        Type::Ptr(TypePtr {
            const_token,
            mutability,
            ..
        }) => {
            quote!(* #const_token #mutability #referent)
        }
        other => quote!(#other),
    }
}

/// Replaces `impl Trait` by named type parameters, so that a shadow can have the same type as its primal.
#[derive(Default)]
pub(crate) struct NameImplTraits {
    pub(crate) named: Vec<TypeParam>,
}

impl VisitMut for NameImplTraits {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        visit_mut::visit_type_mut(self, ty);
        if let Type::ImplTrait(written) = ty {
            let name = quote::format_ident!("Impl{}", self.named.len());
            let bounds = &written.bounds;
            self.named.push(parse_quote!(#name: #bounds));
            *ty = parse_quote!(#name);
        }
    }
}
