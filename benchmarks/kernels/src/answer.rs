//! The protocol: a line in, a line out, until the input ends. `c/answer.h` is the same in C.
//!
//! | line | does | answers |
//! |---|---|---|
//! | `primal N`, `gradient N` | computes it N times | the value |
//! | `along T` | moves x by T times a fixed direction | the value there |
//! | `show` | | the length of the gradient, and after the line the gradient as little-endian doubles |

use crate::kernel::Kernel;
use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;

/// Says `ready`, then answers.
pub fn answer(kernel: &Kernel) -> ExitCode {
    match converse(kernel) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn converse(kernel: &Kernel) -> io::Result<()> {
    let mut out = io::stdout().lock();
    // ones, so that its memory is there before a gradient is asked for
    let mut gradient = vec![1.0; kernel.x.len()];
    say(&mut out, "ready")?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (verb, number) = line.split_once(' ').unwrap_or((&line, "1"));
        let number: f64 = number.parse().map_err(io::Error::other)?;
        match verb {
            "primal" => {
                let value = repeat(number, || (kernel.primal)(black_box(&kernel.x)));
                say(&mut out, &format!("{value:e}"))?;
            }
            "gradient" => {
                let value = repeat(number, || {
                    gradient.fill(0.0);
                    (kernel.gradient)(black_box(&kernel.x), black_box(&mut gradient))
                });
                say(&mut out, &format!("{value:e}"))?;
            }
            "along" => say(
                &mut out,
                &format!("{:e}", (kernel.primal)(&moved(kernel, number))),
            )?,
            "show" => {
                say(&mut out, &gradient.len().to_string())?;
                for component in &gradient {
                    out.write_all(&component.to_le_bytes())?;
                }
                out.flush()?;
            }
            _ => return Err(io::Error::other(format!("what is `{line}`?"))),
        }
    }
    Ok(())
}

fn say(out: &mut impl Write, text: &str) -> io::Result<()> {
    writeln!(out, "{text}")?;
    out.flush()
}

fn repeat(times: f64, mut compute: impl FnMut() -> f64) -> f64 {
    let mut value = 0.0;
    for _ in 0..times as u64 {
        value = black_box(compute());
    }
    value
}

/// x moved along (1, -1/2, 1/3, 1, -1/2, …).
fn moved(kernel: &Kernel, by: f64) -> Vec<f64> {
    let direction = [1.0, -1.0 / 2.0, 1.0 / 3.0];
    let along = direction.iter().cycle();
    kernel
        .x
        .iter()
        .zip(along)
        .map(|(x, v)| x + by * v)
        .collect()
}
