//! Ordinary Rust whose derivatives Enzyme gets wrong, or could: each case compares numbers (docs/soundness.md).
//!
//! `cargo autodiff test` runs all cases, `cargo autodiff test -- NAME` one. `cargo autodiff run --features program` does
//! the same where a profile sets panic = "abort", which cargo ignores in tests.

/// Names checks.
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
    };
}

mod calls;
mod check;
mod containers;
mod copies;
mod dispatch;
mod exits;
mod in_place;
mod mixed;
mod numbers;
mod panics;
mod statics;

const ALL: [&[(&str, fn())]; 10] = [
    calls::CASES,
    containers::CASES,
    copies::CASES,
    dispatch::CASES,
    exits::CASES,
    in_place::CASES,
    mixed::CASES,
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
