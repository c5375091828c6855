"""Calls through pointers whose functions are all known become calls by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.dispatch import TOKEN, call_by_name, define_end
from cargo_autodiff.ir.families import families, indirect_calls
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.families import Family
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function


def apply(module: Module) -> None:
    """Call by name what pointers can only mean functions that are known, and that nobody outside can see.

    What is known of the arguments of such calls makes other pointers known: again, until nothing changes.
    """
    while indirect_calls(module):
        closed = [family for family in families(module) if family.is_closed and _is_behind_pointers(family)]
        for family in closed:
            call_by_name(module, family)
        if not any(family.calls for family in closed):
            return


def _is_behind_pointers(family: Family) -> bool:
    return bool(family.calls) or any(map(_is_address_taken, family.functions))


def _is_address_taken(function: Function) -> bool:
    if function.name.startswith(TOKEN):
        return False
    return len(function.calls()) < sum(1 for _ in function.users())


RULE = Rule(
    name="known-functions",
    reason="Enzyme's functions behind pointers take a shadow for every argument and return the tangent alone, whatever"
    " their callers pass and expect, and one for each function that a table holds",
    apply=apply,
)
SETTLE = Rule(
    name="no-such-function",
    reason="what ends the program where a pointer is none of the known functions has no body while Enzyme runs",
    apply=define_end,
)
