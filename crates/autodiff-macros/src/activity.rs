//! The words of the grammar: what a mode is, what each parameter and the result may be.

use proc_macro2::{Ident, Span};

/// Which derivative is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    Forward,
    Reverse,
}

impl Mode {
    /// As in the driver's request.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Mode::Forward => "forward",
            Mode::Reverse => "reverse",
        }
    }

    /// As in rustc's messages.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Mode::Forward => "Forward",
            Mode::Reverse => "Reverse",
        }
    }

    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Mode::Forward => "autodiff_forward",
            Mode::Reverse => "autodiff_reverse",
        }
    }
}

/// How one parameter, or the result, takes part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Activity {
    Const,
    Active,
    ActiveOnly,
    Dual,
    DualOnly,
    Dualv,
    DualvOnly,
    Duplicated,
    DuplicatedOnly,
}

use Activity::{
    Active, ActiveOnly, Const, Dual, DualOnly, Dualv, DualvOnly, Duplicated, DuplicatedOnly,
};

const WORDS: [(Activity, &str, &str); 9] = [
    (Const, "Const", "const"),
    (Active, "Active", "active"),
    (ActiveOnly, "ActiveOnly", "activeonly"),
    (Dual, "Dual", "dual"),
    (DualOnly, "DualOnly", "dualonly"),
    (Dualv, "Dualv", "dualv"),
    (DualvOnly, "DualvOnly", "dualvonly"),
    (Duplicated, "Duplicated", "duplicated"),
    (DuplicatedOnly, "DuplicatedOnly", "duplicatedonly"),
];

impl Activity {
    pub(crate) fn from_ident(ident: &Ident) -> Option<Self> {
        let found = WORDS.iter().find(|(_, name, _)| ident == name)?;
        Some(found.0)
    }

    /// As the user writes it.
    pub(crate) fn name(self) -> &'static str {
        WORDS[self as usize].1
    }

    /// As the driver's request has it.
    pub(crate) fn word(self) -> &'static str {
        WORDS[self as usize].2
    }

    pub(crate) fn fits_input(self, mode: Mode) -> bool {
        match self {
            Const => true,
            Dual | DualOnly | Dualv | DualvOnly => mode == Mode::Forward,
            Active | Duplicated | DuplicatedOnly => mode == Mode::Reverse,
            // rustc accepts it and then gives no gradient back.
            ActiveOnly => false,
        }
    }

    pub(crate) fn fits_result(self, mode: Mode) -> bool {
        match self {
            Const => true,
            Dual | DualOnly | Dualv | DualvOnly => mode == Mode::Forward,
            Active | ActiveOnly => mode == Mode::Reverse,
            Duplicated | DuplicatedOnly => false,
        }
    }

    /// What the signature is made with after a word that no result can have.
    pub(crate) fn nearest_for_result(self, mode: Mode) -> Self {
        match mode {
            _ if self.fits_result(mode) => self,
            Mode::Forward => Dual,
            Mode::Reverse => Active,
        }
    }

    /// With a shadow for each lane.
    pub(crate) fn by_lanes(self) -> Self {
        match self {
            Dualv => Dual,
            DualvOnly => DualOnly,
            other => other,
        }
    }

    /// One shadow that holds all lanes, one after the other.
    pub(crate) fn is_vector(self) -> bool {
        matches!(self, Dualv | DualvOnly)
    }

    pub(crate) fn is_duplicated(self) -> bool {
        matches!(self, Duplicated | DuplicatedOnly)
    }

    /// The primal buffer may be used as scratch, so that the caller promises not to read it.
    pub(crate) fn makes_unsafe(self) -> bool {
        matches!(self, DualOnly | DuplicatedOnly)
    }

    /// The primal result is not wanted.
    pub(crate) fn drops_value(self) -> bool {
        matches!(self, ActiveOnly | DualOnly | DualvOnly)
    }
}

/// An activity where it was written.
#[derive(Clone, Copy)]
pub(crate) struct Written {
    pub(crate) activity: Activity,
    pub(crate) span: Span,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_the_order_of_the_enum() {
        for (place, (activity, name, word)) in WORDS.into_iter().enumerate() {
            assert_eq!(activity as usize, place);
            assert_eq!(name.to_lowercase(), word);
        }
    }
}
