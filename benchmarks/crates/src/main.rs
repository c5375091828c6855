//! A kernel's function on the numbers of a crate, as a process: `crates NAME CRATE SIZE`. The protocol is the kernels'.
#![forbid(unsafe_code)]

#[path = "../../kernels/src/answer.rs"]
mod answer;
mod functions;
#[path = "../../kernels/src/kernel.rs"]
mod kernel;
mod method;
mod number;
#[path = "../../kernels/src/numbers.rs"]
mod numbers;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [name, method, size] = &words[..] else {
        eprintln!("usage: crates NAME CRATE SIZE");
        return ExitCode::from(2);
    };
    let size = size.parse().ok();
    match size.and_then(|size| functions::kernel(name, method, size)) {
        Some(kernel) => answer::answer(&kernel),
        None => {
            eprintln!("there is no function {name} on numbers of {method}");
            ExitCode::from(2)
        }
    }
}
