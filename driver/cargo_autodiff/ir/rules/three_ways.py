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
from cargo_autodiff.ir.hazards import hazards
from cargo_autodiff.ir.inactive_calls import give_back, inactive
from cargo_autodiff.ir.loops import Flow, dominates, natural_loops
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.unwinding import is_landing

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Block, Function

_MEETING = "__cargo_autodiff_meeting"
_WAYS, _SIDES = 3, 2
_KEPT = ("enzyme_type", "enzyme_active_val")


def apply(module: Module) -> None:
    """Let two of three ways to a block meet in one of their own, where what tells them apart may not be asked.

    Enzyme folds a block that does nothing, so this one calls. A loop's header has two ways to it, when Enzyme looks.
    """
    if not asks_for_reverse(module):
        return
    for function in module.definitions():
        flow = Flow(function)
        above = flow.dominators()
        latches = {loop.header: loop.latches for loop in natural_loops(flow)}
        for number in flow.order:
            ways = [way for way in flow.predecessors[number] if way in flow.reachable]
            if len(ways) == _WAYS and number not in latches and not is_landing(flow.blocks[number]):
                pair = _unasked(flow, above, number, _reached(flow, above, latches, number))
                if pair:
                    _join(module, function, [flow.blocks[way] for way in pair], flow.blocks[number])


def settle(module: Module) -> None:
    """Take the calls out."""
    give_back(module, _MEETING)


def _unasked(flow: Flow, above: dict[int, int], to: int, reached: dict[tuple[int, int], set[int]]) -> list[int]:
    """Give two ways to a block that a branch tells apart which is not always on the way, or asks what it must not."""
    for split in dict.fromkeys(start for start, _ in reached):
        sides = [reached.get((split, after), set()) for after in flow.successors[split]]
        if len(sides) != _SIDES or any(len(side) != 1 for side in sides) or sides[0] == sides[1]:
            continue
        pair = sorted(sides[0] | sides[1])
        condition = flow.blocks[split].terminator.operands[0]
        needed = (flow.numbers[block] for block in hazards(condition, flow.numbers))
        if not all(dominates(above, split, way) for way in pair) or not all(dominates(above, at, to) for at in needed):
            return pair
    return []


def _reached(
    flow: Flow, above: dict[int, int], latches: dict[int, tuple[int, ...]], to: int
) -> dict[tuple[int, int], set[int]]:
    """Say over which of the ways to a block each edge leads to it, as far up as nothing dominates it.

    What an iteration before did, Enzyme does not ask: it goes from a loop's header only to where the loop began.
    """
    found: dict[tuple[int, int], set[int]] = {}
    todo = [((way, to), way) for way in flow.predecessors[to] if way in flow.reachable]
    while todo:
        edge, way = todo.pop()
        if way in found.setdefault(edge, set()):
            continue
        found[edge].add(way)
        if not dominates(above, edge[0], to):
            again = latches.get(edge[0], ())
            befores = [each for each in flow.predecessors[edge[0]] if each in flow.reachable and each not in again]
            todo += [((before, edge[0]), way) for before in befores]
    return found


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
