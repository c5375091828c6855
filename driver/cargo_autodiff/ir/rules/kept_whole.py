"""Variables that are a float at one time and something else at another stay in memory through the first round.

LLVM takes an enum apart (`Result<f32, String>`): a word of its variants becomes an integer or a pointer, of which an
f32 is cut out bit by bit. In memory each variant is read and written as what it is, and what is copied is decided when
it is copied (ir/carried.py). That costs work, so it is only done for a derivative that was refused without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.evidence import Evidence
from cargo_autodiff.ir.holding import POINTER_SIZE
from cargo_autodiff.ir.inactive_calls import give_back, inactive, is_call_of
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction

_SEEN = "__cargo_autodiff_seen_whole"


def apply(module: Module) -> None:
    """Let a call look at each such variable where it is made."""
    evidence = Evidence(module)
    found = [
        item
        for function in module.definitions()
        for item in function.instructions()
        if item.opcode == Opcode.ALLOCA and not is_call_of(item.next, _SEEN) and _is_both(evidence, item)
    ]
    for variable in found:
        builder = Builder.after(variable)
        builder.call(inactive(module, _SEEN, builder.void(), builder.pointer()), [variable])


def settle(module: Module) -> None:
    """Take the calls out again."""
    give_back(module, _SEEN)


def _is_both(evidence: Evidence, variable: Instruction) -> bool:
    return evidence.extent(variable) >= POINTER_SIZE and evidence.mixes(variable)


RULE = Rule(
    name="kept-whole",
    reason="LLVM cuts floats out of words that are something else at other times",
    apply=apply,
)
SETTLE = Rule(name="settle-kept-whole", reason="nothing defines what was called", apply=settle)
