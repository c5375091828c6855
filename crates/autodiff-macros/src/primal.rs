//! The function under the attribute, as far as it must be understood: everything but its body.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Error, Result, ReturnType, Signature, Token, Type, Visibility};

use crate::diagnostics::{self, Problems};
use crate::types;

/// A function, a method, or a trait's declaration of one.
#[derive(Clone)]
pub(crate) struct Primal {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    /// Called as `Self::name`, because it is inside an `impl` or a `trait`.
    pub(crate) associated: bool,
}

impl Primal {
    pub(crate) fn parse(item: TokenStream) -> Result<Self> {
        let span = first_span(&item);
        let primal = parse_item
            .parse2(item)?
            .ok_or_else(|| Error::new(span, diagnostics::NOT_A_FUNCTION))?;
        primal.refuse_unsupported()?;
        Ok(primal)
    }

    /// The type of the result, if there is anything to differentiate or hand on in it.
    pub(crate) fn result(&self) -> Option<&Type> {
        match &self.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) if types::is_unit(ty) => None,
            ReturnType::Type(_, ty) => Some(ty),
        }
    }

    fn refuse_unsupported(&self) -> Result<()> {
        let mut problems = Problems::default();
        if let Some(token) = &self.sig.asyncness {
            problems.add(token.span, diagnostics::ASYNC);
        }
        if let Some(variadic) = &self.sig.variadic {
            problems.push(Error::new_spanned(variadic, diagnostics::VARIADIC));
        }
        if let ReturnType::Type(_, ty) = &self.sig.output {
            if matches!(types::peel(ty), Type::Never(_)) {
                problems.push(Error::new_spanned(ty, diagnostics::DIVERGES));
            }
        }
        for attr in self.sig.inputs.iter().flat_map(attributes_of) {
            if attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") {
                problems.push(Error::new_spanned(attr, diagnostics::CFG_PARAMETER));
            }
        }
        problems.into_result()
    }
}

fn attributes_of(input: &syn::FnArg) -> &[Attribute] {
    match input {
        syn::FnArg::Receiver(receiver) => &receiver.attrs,
        syn::FnArg::Typed(typed) => &typed.attrs,
    }
}

fn parse_item(input: ParseStream<'_>) -> Result<Option<Primal>> {
    let attrs = input.call(Attribute::parse_outer)?;
    let vis: Visibility = input.parse()?;
    if !starts_function(input) {
        input.parse::<TokenStream>()?;
        return Ok(None);
    }
    let sig: Signature = input.parse()?;
    let body: TokenStream = input.parse()?;
    let associated = sig.receiver().is_some()
        || mentions_self_type(quote::quote!(#sig))
        || mentions_self_type(body);
    Ok(Some(Primal {
        attrs,
        vis,
        sig,
        associated,
    }))
}

fn starts_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let qualifiers = || -> Result<()> {
        ahead.parse::<Option<Token![const]>>()?;
        ahead.parse::<Option<Token![async]>>()?;
        ahead.parse::<Option<Token![unsafe]>>()?;
        ahead.parse::<Option<syn::Abi>>()?;
        Ok(())
    };
    qualifiers().is_ok() && ahead.peek(Token![fn])
}

/// Whether `Self` of the surrounding item occurs: the one sign of being inside an `impl` or `trait` that a
/// function without receiver can give.
fn mentions_self_type(tokens: TokenStream) -> bool {
    let mut nested_item = false;
    for token in tokens {
        match token {
            TokenTree::Ident(word) if word == "Self" => return true,
            TokenTree::Ident(word) => {
                nested_item |= ["impl", "trait", "struct", "enum", "union"]
                    .iter()
                    .any(|keyword| word == keyword);
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => nested_item = false,
            TokenTree::Group(group) => {
                let braces = group.delimiter() == Delimiter::Brace;
                // The braces of a nested item have a `Self` of their own.
                if braces && std::mem::take(&mut nested_item) {
                    continue;
                }
                if mentions_self_type(group.stream()) {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

fn first_span(tokens: &TokenStream) -> Span {
    let mut tokens = tokens.clone().into_iter();
    tokens
        .next()
        .map_or_else(Span::call_site, |token| token.span())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn associated(source: &str) -> bool {
        let primal = Primal::parse(source.parse().unwrap()).unwrap();
        primal.associated
    }

    #[test]
    fn receiver_or_self_type_shows_an_impl() {
        assert!(associated("fn f(&self, x: f64) -> f64 { x }"));
        assert!(associated("fn f(x: &Self) -> f64 { x.0 }"));
        assert!(associated("fn f(x: f64) -> f64 { Self::g(x) }"));
    }

    #[test]
    fn nested_items_have_their_own_self() {
        assert!(!associated(
            "fn f(x: f64) -> f64 { struct S; impl S { fn new() -> Self { S } } x }"
        ));
        assert!(!associated(
            "fn f(g: impl Fn(f64) -> f64) -> f64 { g(1.0) }"
        ));
    }
}
