"""Functions of std that carry no derivative are declared so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.rust.std_functions import INACTIVE

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module


def apply(module: Module) -> None:
    """Mark declarations from the table of std_functions.py.

    `nofree` goes with it, or Enzyme stops with "No create nofree of empty function".
    """
    for function in module.functions():
        if function.is_declaration and is_inactive(function.name):
            function.set_string_attribute("enzyme_inactive")
            function.add("nofree")


def is_inactive(name: str) -> bool:
    """Tell whether the table names a function."""
    return any(all(part in name for part in parts) for parts in INACTIVE)


RULE = Rule(name="inactive", reason="Enzyme cannot know that text and panics carry no derivative", apply=apply)
