"""What Rust's own ways of writing a loop must not cost: memory for each of its iterations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from cargo_autodiff.toolchain.locate import Toolchain
    from driving import Driver

PROGRAM = """\
use autodiff::autodiff_reverse;

#[autodiff_reverse(df, Duplicated, Active)]
fn f(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    BODY
    sum
}

fn main() {
    let (x, mut dx) = ([1.0, 2.0, 3.0, 4.0], [0.0; 4]);
    let value = df(&x, &mut dx, 1.0);
    println!("{value} {dx:?}");
}
"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("for (i, a) in x.iter().enumerate() { for b in x.iter().skip(i + 1) { sum += a * b; } }",
         "35 [9.0, 8.0, 7.0, 6.0]"),
        ("for (i, a) in x.iter().enumerate() { for (b, c) in x.iter().zip(x).skip(i + 1) { sum += a * b * c; } }",
         "127 [29.0, 29.0, 34.0, 48.0]"),
        ("for i in 0..=x.len() - 1 { for j in 0..=i { sum += x[i] * x[j]; } }", "65 [11.0, 12.0, 13.0, 14.0]"),
        ("for i in (0..=x.len() - 1).rev() { for j in (i..=x.len() - 1).rev() { sum += x[i] * x[j]; } }",
         "65 [11.0, 12.0, 13.0, 14.0]"),
    ],
    ids=["skip", "zip and skip", "ranges that include their end", "the same backwards"],
)  # fmt: skip
def test_enzyme_keeps_nothing_of(body: str, said: str, driver: Driver, llvm22: Toolchain, tmp_path: Path) -> None:
    (driver.folder / "one.rs").write_text(PROGRAM.replace("BODY", body))

    driver.run("compile", "one.rs", AUTODIFF_KEEP=tmp_path)

    (gradient,) = tmp_path.rglob("*.grad.ll")
    assert "!enzyme_cache_alloc" not in gradient.read_text()
    assert driver.run_program(driver.folder / "one").out == f"{said}\n"
