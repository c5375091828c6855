"""Where three ways meet, two of them meet before.

In the reverse pass Enzyme finds out from which of three blocks it came by two conditions, if it finds one that divides
them into one and two, and another that divides these two (branchToCorrespondingTarget). Whether the second was asked on
every way to the two it does not look at ("TODO verify this"): it takes what its place held before, or asks it again
where it must not be asked, for it loads through what may be null, or divides by what may be zero. Two ways, and more
than three, it tells apart by what it always asked, or by a number that it keeps.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.entry_calls import asks_for_reverse
from cargo_autodiff.ir.inactive_calls import give_back, inactive
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.loops import Flow, natural_loops
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Block, Function

_MEETING = "__cargo_autodiff_meeting"
_WAYS = 3
_KEPT = ("enzyme_type", "enzyme_active_val")


def apply(module: Module) -> None:
    """Let two of three ways to a block meet in one of their own; Enzyme folds it if it does nothing, so it calls.

    A loop's header has two, when Enzyme looks.
    """
    if not asks_for_reverse(module):
        return
    for function in module.definitions():
        flow = Flow(function)
        headers = {loop.header for loop in natural_loops(flow)}
        for number in flow.order:
            ways = [way for way in flow.predecessors[number] if way in flow.reachable]
            if len(ways) == _WAYS and number not in headers and not _is_landing(flow.blocks[number]):
                _join(module, function, [flow.blocks[way] for way in ways[:2]], flow.blocks[number])


def settle(module: Module) -> None:
    """Take the calls out."""
    give_back(module, _MEETING)


def _is_landing(block: Block) -> bool:
    return any(item.opcode == Opcode.LANDINGPAD for item in block.instructions)


def _join(module: Module, function: Function, ways: list[Block], to: Block) -> None:
    meeting = function.append_block("meeting")
    for way in ways:
        way.redirect(to, meeting)
    end = Builder.at_end(meeting).branch(to)
    builder = Builder.before(end)
    for phi in to.phis:
        entries = phi.incoming()
        met, made = builder.phi(phi.type), Builder.before(phi).phi(phi.type)
        met.add_incoming(*(entry for entry in entries if entry[1] in ways))
        made.add_incoming(*(entry for entry in entries if entry[1] not in ways), (met, meeting))
        for one, kind in product((met, made), _KEPT):
            one.set_metadata(kind, phi.metadata(kind))
        phi.replace_uses(made)
        phi.erase()
    builder.call(inactive(module, _MEETING, builder.void()), [])


RULE = Rule(
    name="three-ways",
    reason="Enzyme's reverse pass asks a condition that was not asked where three ways meet",
    apply=apply,
)
SETTLE = Rule(name="settle-three-ways", reason="nothing defines what was called", apply=settle)
