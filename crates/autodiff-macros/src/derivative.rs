//! A request that holds together: the primal, what the attribute says of it, and the signature that follows.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{parse_quote_spanned, Error, FnArg, GenericParam, Generics, Signature, Type};

use crate::activity::{Activity, Mode, Written};
use crate::attribute::Attribute;
use crate::diagnostics::{self, Problems};
use crate::elision::name_lifetime_of_result;
use crate::parameter::Parameter;
use crate::primal::Primal;
use crate::types::{self, NameImplTraits};

/// What comes back.
#[derive(Clone)]
pub(crate) struct Outcome {
    pub(crate) ty: Type,
    pub(crate) activity: Activity,
}

pub(crate) struct Derivative {
    pub(crate) mode: Mode,
    pub(crate) name: Ident,
    pub(crate) width: u32,
    pub(crate) primal: Primal,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) generics: Generics,
    /// What is wrong with the result's activity. The rest of the crate sees a signature all the same.
    pub(crate) refused: Option<Error>,
    /// Only the check of another derivative asks for it: the driver leaves it out when it refuses it.
    pub(crate) optional: bool,
}

impl Derivative {
    /// The number of activities is checked first; problems with inputs are reported together.
    pub(crate) fn new(mode: Mode, attribute: Attribute, mut primal: Primal) -> Result<Self, Error> {
        primal.associated |= attribute.associated;
        let expected = primal.sig.inputs.len() + usize::from(primal.result().is_some());
        let found = attribute.activities.len();
        if expected != found {
            let text = format!("expected {expected} activities, but found {found}");
            return Err(Error::new(Span::call_site(), text));
        }
        let mut signature = primal.sig.clone();
        name_impl_traits(&mut signature);
        let inputs = signature.inputs.clone().into_iter();
        name_lifetime_of_result(&mut signature);
        let declared = signature.inputs.iter().cloned();
        let (name, activities) = (&primal.sig.ident, &attribute.activities);
        let parameters = Parameter::read(name, inputs, declared, activities, attribute.width);
        let mut problems = Problems::default();
        check_inputs(mode, attribute.width, &parameters, &mut problems);
        problems.into_result()?;
        let written = attribute.activities.last().copied();
        let outcome = result_type(&primal, &signature).zip(written);
        let refused = outcome
            .as_ref()
            .and_then(|(_, written)| check_result(mode, attribute.width, *written).err());
        let outcome = outcome.map(|(ty, Written { activity, .. })| Outcome {
            ty,
            activity: activity.nearest_for_result(mode),
        });
        let mut derivative = Self {
            mode,
            name: attribute.name,
            width: attribute.width,
            primal,
            parameters,
            outcome,
            generics: signature.generics,
            refused,
            optional: false,
        };
        derivative.require_zeros();
        Ok(derivative)
    }

    /// The forward derivative of the same function, with one lane, by which a reverse one is checked.
    pub(crate) fn forward(&self) -> Self {
        let outcome = self.outcome.clone().map(|outcome| Outcome {
            activity: match outcome.activity {
                Activity::Const => Activity::Const,
                _ => Activity::Dual,
            },
            ..outcome
        });
        Self {
            mode: Mode::Forward,
            name: self.name.clone(),
            width: 1,
            primal: self.primal.clone(),
            parameters: self.parameters.iter().map(Parameter::forward).collect(),
            outcome,
            generics: self.generics.clone(),
            refused: None,
            optional: true,
        }
    }

    /// The seed's parameter, if the derivative takes one.
    pub(crate) fn seed(&self) -> Option<Ident> {
        let outcome = self.outcome.as_ref()?;
        matches!(outcome.activity, Activity::Active | Activity::ActiveOnly)
            .then(|| Ident::new("dret", Span::call_site()))
    }

    pub(crate) fn inputs(&self) -> TokenStream {
        let mut inputs = Vec::new();
        for parameter in &self.parameters {
            inputs.push(parameter.declaration());
            inputs.extend(parameter.shadow_declarations());
        }
        if let (Some(seed), Some(outcome)) = (self.seed(), &self.outcome) {
            let ty = &outcome.ty;
            inputs.push(quote!(#seed: #ty));
        }
        quote!(#(#inputs),*)
    }

    /// The derivative's result type with its arrow.
    pub(crate) fn output(&self) -> TokenStream {
        let result = match self.mode {
            Mode::Forward => self.forward_result(),
            Mode::Reverse => self.reverse_result(),
        };
        result.map_or_else(TokenStream::new, |ty| quote!(-> #ty))
    }

    fn forward_result(&self) -> Option<TokenStream> {
        let Outcome { ty, activity } = self.outcome.as_ref()?;
        let lanes = Literal::u32_unsuffixed(self.width);
        Some(match (activity, self.width) {
            (Activity::Const, _) => quote!(#ty),
            (activity, 1) if activity.drops_value() => quote!(#ty),
            (_, 1) => quote!((#ty, #ty)),
            (activity, _) if activity.drops_value() => quote!([#ty; #lanes]),
            _ => {
                let all = Literal::u32_unsuffixed(self.width + 1);
                quote!([#ty; #all])
            }
        })
    }

    fn reverse_result(&self) -> Option<TokenStream> {
        let value = self
            .outcome
            .as_ref()
            .filter(|out| !out.activity.drops_value());
        let gradients = self.parameters.iter().filter(|p| p.gradient().is_some());
        let types: Vec<&Type> = value
            .map(|out| &out.ty)
            .into_iter()
            .chain(gradients.map(|parameter| &parameter.ty))
            .collect();
        tuple(&types)
    }

    /// A gradient of a type that only the caller knows starts from that type's zero.
    fn require_zeros(&mut self) {
        let gradients = self.parameters.iter().filter(|p| p.gradient().is_some());
        let outcome = self.outcome.iter();
        let outcome = outcome.filter(|outcome| outcome.activity != Activity::Const);
        let types = gradients
            .map(|parameter| &parameter.ty)
            .chain(outcome.map(|outcome| &outcome.ty));
        let open = |ty: &&Type| !types::is_plain_float(ty) && !types::is_scalar(ty);
        let required: Vec<Type> = types.filter(open).cloned().collect();
        if required.is_empty() {
            return;
        }
        let clause = self.generics.make_where_clause();
        for ty in required {
            clause
                .predicates
                .push(parse_quote_spanned!(ty.span()=> #ty: ::autodiff::Differentiable));
        }
    }

    /// The primal as an expression, with the type arguments that only its result may mention.
    pub(crate) fn primal_path(&self) -> TokenStream {
        let name = &self.primal.sig.ident;
        let arguments: Vec<&Ident> = self
            .primal
            .sig
            .generics
            .params
            .iter()
            .filter_map(|parameter| match parameter {
                GenericParam::Type(parameter) => Some(&parameter.ident),
                GenericParam::Const(parameter) => Some(&parameter.ident),
                GenericParam::Lifetime(_) => None,
            })
            .collect();
        let arguments = (!arguments.is_empty()).then(|| quote!(::<#(#arguments),*>));
        let receiver = self.primal.associated.then(|| quote!(Self::));
        quote!(#receiver #name #arguments)
    }
}

/// Nothing, one, or a tuple: there are no 1-tuples in the grammar.
pub(crate) fn tuple<T: quote::ToTokens>(parts: &[T]) -> Option<TokenStream> {
    match parts {
        [] => None,
        [one] => Some(quote!(#one)),
        several => Some(quote!((#(#several),*))),
    }
}

fn result_type(primal: &Primal, signature: &Signature) -> Option<Type> {
    primal.result()?;
    match &signature.output {
        syn::ReturnType::Type(_, ty) => Some((**ty).clone()),
        syn::ReturnType::Default => None,
    }
}

fn name_impl_traits(signature: &mut Signature) {
    let mut naming = NameImplTraits::default();
    for input in &mut signature.inputs {
        if let FnArg::Typed(typed) = input {
            naming.visit_type_mut(&mut typed.ty);
        }
    }
    let named = naming.named.into_iter().map(GenericParam::Type);
    signature.generics.params.extend(named);
}

fn check_inputs(mode: Mode, width: u32, parameters: &[Parameter], problems: &mut Problems) {
    for parameter in parameters {
        let Parameter {
            activity,
            activity_span: span,
            ty,
            ..
        } = parameter;
        let name = activity.name();
        if !activity.fits_input(mode) {
            problems.add(
                *span,
                format!("{name} can not be used in {} Mode", mode.title()),
            );
        }
        let fits = match activity {
            Activity::Duplicated | Activity::DuplicatedOnly => types::is_pointer(ty),
            Activity::Dualv | Activity::DualvOnly => types::is_slice_reference(ty),
            Activity::Active => !types::is_pointer(ty),
            _ => true,
        };
        if !fits {
            let text = format!("{name} can not be used for this type");
            problems.push(Error::new_spanned(ty, text));
        }
        if *activity == Activity::Active && width > 1 {
            problems.add(*span, diagnostics::BATCHED_ACTIVE);
        }
    }
}

fn check_result(mode: Mode, width: u32, written: Written) -> Result<(), Error> {
    let Written { activity, span } = written;
    let batched = width > 1 && activity != Activity::Const;
    let text = if !activity.fits_result(mode) {
        let (name, mode) = (activity.name(), mode.title());
        format!("invalid return activity {name} in {mode} Mode")
    } else if batched && mode == Mode::Reverse {
        diagnostics::BATCHED_ACTIVE.to_owned()
    } else if batched && activity == Activity::Dualv {
        diagnostics::BATCHED_DUALV.to_owned()
    } else {
        return Ok(());
    };
    Err(Error::new(span, text))
}

/// Locals of the derivative cannot meet the user's names.
pub(crate) fn local(name: &str) -> Ident {
    format_ident!("{name}", span = Span::mixed_site())
}
