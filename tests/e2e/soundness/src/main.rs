//! Ordinary Rust whose derivatives Enzyme gets wrong, or could: each case compares numbers (docs/soundness.md).
//!
//! `cargo autodiff test` runs the cases as tests. `cargo autodiff run` runs them all in one process, for profiles that
//! cargo does not use in tests; `run -- NAME` runs one.

/// Names checks, and makes a test of each.
macro_rules! cases {
    ($($name:ident => $check:expr,)*) => {
        pub const CASES: &[(&str, fn())] = &[$((stringify!($name), checks::$name)),*];

        mod checks {
            #[allow(unused_imports)]
            use super::*;

            $(pub fn $name() {
                $check
            })*
        }

        #[cfg(test)]
        mod tests {
            $(#[test]
            fn $name() {
                super::checks::$name();
            })*
        }
    };
}

mod calls;
mod check;
mod containers;
mod copies;
mod dispatch;
mod exits;
mod in_place;
mod numbers;
mod panics;
mod statics;

const ALL: [&[(&str, fn())]; 9] = [
    calls::CASES,
    containers::CASES,
    copies::CASES,
    dispatch::CASES,
    exits::CASES,
    in_place::CASES,
    numbers::CASES,
    panics::CASES,
    statics::CASES,
];

fn main() {
    let wanted = std::env::args().nth(1);
    if wanted.as_deref() == Some(panics::OUT_OF_BOUNDS) {
        panics::out_of_bounds();
    }
    let chosen = |name: &str| wanted.as_deref().is_none_or(|wanted| wanted == name);
    let mut count = 0;
    for (name, case) in ALL.into_iter().flatten().filter(|(name, _)| chosen(name)) {
        println!("{name}");
        case();
        count += 1;
    }
    println!("{count} cases are right");
}
