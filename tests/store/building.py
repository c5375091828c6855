"""Programs that are built again after an edit, and what the store holds of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from driving import Done, Driver

SOURCE = """\
use autodiff::autodiff_reverse;

fn unrelated(x: usize) -> usize {
    x + 1
}

#[inline(never)]
fn weight(x: &[f64], i: usize) -> f64 {
    x[i] * 3.0
}

#[autodiff_reverse(dcost, Duplicated, Active)]
fn cost(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>() + weight(x, 0)
}

fn main() {
    let x = if std::env::args().count() > 1 { vec![] } else { vec![1.0, 2.0] };
    let mut gradient = vec![0.0; x.len()];
    let value = dcost(&x, &mut gradient, 1.0);
    println!("{value} {gradient:?} {}", unrelated(1));
}
"""
SAYS = "8 [5.0, 4.0] 2\n"
PANICS = "x[i] * 3.0"
"""What panics in it when it is given an argument."""


def place_of_panic(source: str, file: str = "one.rs") -> str:
    """Say what a panic of the program names: file, line and column."""
    before, _, _ = source.partition(PANICS)
    return f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}:"


@dataclass(frozen=True, kw_only=True)
class Builder:
    """Builds programs of one file with one store."""

    driver: Driver

    def build(self, source: str, *words: str, file: str = "one.rs", **changed: Path) -> Done:
        """Build and run it."""
        (self.driver.folder / file).write_text(source)
        variables: dict[str, Any] = dict(changed)
        self.driver.run("compile", file, "-o", "one", *(["--", *words] if words else []), **variables)
        return self.driver.run_program("./one")

    def panic(self) -> str:
        """Run what was built so that it panics; give what it says."""
        return self.driver.run_program("./one", "panic", RUST_BACKTRACE="0").err

    def stored(self, what: str = "derivative") -> set[str]:
        """Give the keys of what is in the store."""
        return {entry["key"] for entry in entries(self.driver.cache) if entry["what"] == what}


def entries(cache: Path) -> list[dict[str, Any]]:
    """Read all entries of a store."""
    return [json.loads(path.read_bytes()) for path in sorted((cache / "ac").glob("*"))]


def package(folder: Path, crates: Path, sources: dict[str, str], **tables: str) -> Path:
    """Write a package `one` with the runtime crate; `tables` are further ones of its manifest."""
    (folder / "src").mkdir(parents=True)
    more = "".join(f"\n[{name.replace('__', '.')}]\n{text}\n" for name, text in tables.items())
    dependency = f'autodiff = {{ package = "std-autodiff", path = "{crates / "autodiff"}" }}'
    named = '[package]\nname = "one"\nversion = "0.0.0"\nedition = "2021"\n'
    (folder / "Cargo.toml").write_text(f"{named}\n[dependencies]\n{dependency}\n{more}\n[workspace]\n")
    for name, text in sources.items():
        (folder / "src" / name).write_text(text)
    return folder
