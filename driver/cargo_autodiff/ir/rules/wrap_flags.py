"""Integer arithmetic that Enzyme wrote may wrap: it promises more than it knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

# an instruction's first words; no string and no other entity of a module begins a line like this
_FLAGS = re.compile(rb'^( +%(?:[-\w$.]+|"[^"]*") = (?:add|sub|mul|shl) )(?:nuw |nsw )+', re.MULTILINE)


def apply(module: Module) -> None:
    """Drop `nuw` and `nsw`; in the module's text, because the C API of LLVM 15 cannot."""
    module.substitute(_FLAGS, rb"\1")


RULE = Rule(
    name="wrap-flags",
    reason="trip counts come as `add nuw %n, -1`, which is poison: LLVM makes loops of it that never end",
    apply=apply,
)
