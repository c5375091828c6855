"""A function that has a body is not taken for a library's of the same name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_PREFIX = "own."
# what C could declare; not what rustc mangles, and what it, Enzyme or the driver has made
_OF_LIBRARIES = re.compile(r"(?!_R|_Z|__rust|__enzyme|__cargo_autodiff)[A-Za-z_]\w*$")


def apply(module: Module) -> None:
    """Put a word before the names of functions that nothing outside of the module calls."""
    for function in module.definitions():
        if function.is_local and _OF_LIBRARIES.match(function.name):
            function.name = _PREFIX + function.name


RULE = Rule(
    name="own-names",
    reason="Enzyme knows functions of C and BLAS by their names, and asks neither for their bodies nor for their types",
    apply=apply,
)
