//! One kernel as a process that answers on its standard input: `kernels NAME VERSION SIZE`.
#![forbid(unsafe_code)]

mod answer;
mod brusselator;
mod bundle;
mod cg;
mod chain;
mod cholesky;
mod fft;
mod gmm;
mod kernel;
mod lstm;
mod mlp;
mod montecarlo;
mod nbody;
mod numbers;
mod rosenbrock;
mod scalar;

use kernel::Kernel;
use std::process::ExitCode;

/// The kernel of a name, as its module has it in this version.
fn find(name: &str, version: &str, size: usize) -> Option<Kernel> {
    match name {
        "brusselator" => brusselator::kernel(version, size),
        "bundle" => bundle::kernel(version, size),
        "cg" => cg::kernel(version, size),
        "chain" => chain::kernel(version, size),
        "cholesky" => cholesky::kernel(version, size),
        "fft" => fft::kernel(version, size),
        "gmm" => gmm::kernel(version, size),
        "lstm" => lstm::kernel(version, size),
        "mlp" => mlp::kernel(version, size),
        "montecarlo" => montecarlo::kernel(version, size),
        "nbody" => nbody::kernel(version, size),
        "rosenbrock" => rosenbrock::kernel(version, size),
        "scalar" => scalar::kernel(version, size),
        _ => None,
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [name, version, size] = &words[..] else {
        eprintln!("usage: kernels NAME VERSION SIZE");
        return ExitCode::from(2);
    };
    match size.parse().ok().and_then(|size| find(name, version, size)) {
        Some(kernel) => answer::answer(&kernel),
        None => {
            eprintln!("there is no kernel {name} in the version {version} of size {size}");
            ExitCode::from(2)
        }
    }
}
