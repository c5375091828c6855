"""Statements on tables of structures: texts, functions and other tables beside their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.calls import resulting
from fuzz.numbers import float_, test
from fuzz.scope import LEAST, Scope
from fuzz.tree import Kind, Node

if TYPE_CHECKING:
    from fuzz.flow import Body
    from fuzz.scope import Choices

_USES = (
    (
        "{{ let mut t: Vec<Box<(F, usize, &str)>> = Vec::new();\n"
        "for (i, p) in {table}.iter().enumerate() {{ t.push(Box::new((if $ {{ p.w }} else {{ $ }}, i, p.t))); }}\n"
        "for b in t.iter_mut() {{ b.0 *= 0.7; b.1 += b.2.len(); }}\n"
        "t.iter().map(|b| {{ let v = b.0; (b.1 % 5) as F * $ }}).sum::<F>() }}"
    ),
    (
        "{table}.iter().map(|p| {{ let v = if $ {{ p.w }} else {{ (p.g)($) }}; "
        "$ + p.r.iter().map(|&v| v * v).sum::<F>() }}).sum::<F>()"
    ),
    (
        "{{ let mut t: Vec<F> = Vec::new();\n"
        "for p in {table}.iter() {{ t.push(p.w); t.extend_from_slice(p.r); if $ {{ t.push($); }} }}\n"
        "for v in t.iter_mut() {{ *v *= 0.5; }}\n"
        "t.iter().map(|&v| $).sum::<F>() }}"
    ),
)


def table(choices: Choices, scope: Scope, _: Body) -> Node:
    """Define a table of structures, and use what is in it where numbers that count are, too."""
    row, name, function = choices.name("R"), choices.name("W"), choices.name("g")
    rows = ", ".join(_row(choices, row, function, text) for text in ("", "one", "other")[: LEAST - choices.below(2)])
    choices.items += [
        Node(Kind.ITEM, f"pub struct {row} {{ t: &'static str, w: F, g: fn(F) -> F, r: &'static [F] }}"),
        Node(Kind.ITEM, f"pub fn {function}(v: F) -> F {{ $ }}", (float_(choices, Scope(floats=["v"])),)),
        Node(Kind.ITEM, f"pub static {name}: [{row}; {rows.count(row)}] = [{rows}];"),
    ]
    read = scope.reading()
    read.floats += ["v"] * 2
    text = choices.random.choice(_USES).format(table=name)
    parts = test(choices, scope.reading()), float_(choices, scope.reading()), float_(choices, read)
    return resulting(choices, scope, text, *parts)


def _row(choices: Choices, row: str, function: str, text: str) -> str:
    """Write one down."""
    numbers = ["0.0" if choices.chance(0.2) else choices.literal() for _ in range(1 + choices.below(4))]
    return f'{row} {{ t: "{text}", w: {numbers[0]}, g: {function}, r: &[{", ".join(numbers[1:])}] }}'


PRODUCTIONS = ((table, 3),)
