//! `#[autodiff_*(NAME [, WIDTH] [, ACTIVITY]*)]`

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, LitInt, Result, Token};

use crate::activity::{Activity, Written};
use crate::diagnostics;

/// More would let one attribute write megabytes of code.
const MOST_LANES: u32 = 4096;

/// What the attribute says.
pub(crate) struct Attribute {
    /// The function to generate.
    pub(crate) name: Ident,
    /// Written as `Self::NAME`: the function is an associated one, though nothing else shows it.
    pub(crate) associated: bool,
    pub(crate) width: u32,
    pub(crate) activities: Vec<Written>,
}

impl Attribute {
    pub(crate) fn parse(tokens: TokenStream) -> Result<Self> {
        if tokens.is_empty() {
            return Err(Error::new(Span::call_site(), diagnostics::NO_NAME));
        }
        parse_list.parse2(tokens)
    }
}

fn parse_list(input: ParseStream<'_>) -> Result<Attribute> {
    let associated = input.peek(Token![Self]) && input.peek2(Token![::]);
    if associated {
        input.parse::<Token![Self]>()?;
        input.parse::<Token![::]>()?;
    }
    let name = parse_name(input)?;
    skip_comma(input)?;
    let width = parse_width(input)?;
    let activities = parse_activities(input)?;
    Ok(Attribute {
        name,
        associated,
        width,
        activities,
    })
}

fn parse_name(input: ParseStream<'_>) -> Result<Ident> {
    let Ok(name) = input.call(Ident::parse_any) else {
        return Err(input.error(diagnostics::BAD_NAME));
    };
    if input.peek(Token![::]) || syn::parse2::<Ident>(quote::quote!(#name)).is_err() {
        return Err(Error::new(name.span(), diagnostics::BAD_NAME));
    }
    Ok(name)
}

fn parse_width(input: ParseStream<'_>) -> Result<u32> {
    if !input.peek(LitInt) {
        return Ok(1);
    }
    let literal: LitInt = input.parse()?;
    let Ok(width) = literal.base10_parse::<u32>() else {
        let text = format!(
            "autodiff width must fit u32, but is {}",
            literal.base10_digits()
        );
        return Err(Error::new(literal.span(), text));
    };
    if width == 0 {
        return Err(Error::new(literal.span(), diagnostics::NO_LANES));
    }
    if width > MOST_LANES {
        let text =
            format!("autodiff width is {width}, but at most {MOST_LANES} lanes are supported");
        return Err(Error::new(literal.span(), text));
    }
    skip_comma(input)?;
    Ok(width)
}

fn parse_activities(input: ParseStream<'_>) -> Result<Vec<Written>> {
    let mut written = Vec::new();
    let mut problems = diagnostics::Problems::default();
    while !input.is_empty() {
        let word = input
            .call(Ident::parse_any)
            .map_err(|_| input.error(diagnostics::NOT_AN_ACTIVITY))?;
        let span = word.span();
        match Activity::from_ident(&word) {
            Some(activity) => written.push(Written { activity, span }),
            None => problems.add(span, format!("did not recognize Activity: `{word}`")),
        }
        skip_comma(input)?;
    }
    problems.into_result()?;
    Ok(written)
}

fn skip_comma(input: ParseStream<'_>) -> Result<()> {
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(())
}
