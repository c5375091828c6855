"""What Enzyme's output needs before any further pass, and what must not be left in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.asking import ENTRY
from cargo_autodiff.ir.enzyme_names import primal
from cargo_autodiff.ir.kinds import Linkage, Opcode
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

# an instruction's first words; no string and no other entity of a module begins a line like this
_BEGIN = rb'^( +%(?:[-\w$.]+|"[^"]*") = (?:(?:must|no)?tail )?[a-z]+ )'
_FAST = re.compile(_BEGIN + b"fast ", re.MULTILINE)
_OF_CONTENTS = ("initializes", "dead_on_return")
_REASSOCIATED = re.compile(_BEGIN + b"reassoc ", re.MULTILINE)


def strip_invariant_groups(module: Module) -> None:
    """Remove the tags of Enzyme's cache accesses."""
    for function in module.definitions():
        for instruction in function.instructions():
            if instruction.metadata("invariant.group") is not None:
                instruction.set_metadata("invariant.group", None)


def strip_scopes(module: Module) -> None:
    """Let what is written alias anything: Enzyme copies a load's alias scopes to the store that accumulates its shadow.

    Loads keep theirs, because two accesses of which none writes need no order.
    """
    for function in module.definitions():
        for instruction in function.instructions():
            if instruction.opcode != Opcode.LOAD:
                for kind in ("alias.scope", "noalias"):
                    if instruction.metadata(kind) is not None:
                        instruction.set_metadata(kind, None)


def keep_nan(module: Module) -> None:
    """Let derivative arithmetic keep NaN and infinity: `fast` becomes `reassoc nsz arcp contract`.

    In the text: the C API can add such flags to an instruction, but remove none (LLVMSetFastMathFlags).
    """
    module.substitute(_FAST, rb"\1reassoc nsz arcp contract ")


def keep_order(module: Module) -> None:
    """Leave arithmetic in the order in which the second round has put it: `reassoc` goes, in the text as above.

    Who compiles and links it later may vectorise once more, where no rule can look (float_inductions.py).
    """
    module.substitute(_REASSOCIATED, rb"\1")


def keep_panics(module: Module) -> None:
    """Take back Enzyme's promise that every call of a reverse pass returns; what LLVM's own functions promise stays."""
    for function in module.definitions():
        for call in function.instructions():
            if call.is_call and not (call.callee and call.callee.is_intrinsic):
                call.call_drop("willreturn")


def forget_contents(module: Module) -> None:
    """Take back what is promised of what parameters point to: Enzyme leaves it on functions of which it is not true.

    A function's reverse pass alone overwrites nothing, and reads what was there when the function returned.
    """
    for function in module.definitions():
        for at in range(1, len(function.parameters) + 1):
            for promise in _OF_CONTENTS:
                if function.has(promise, at):
                    function.drop(promise, at)
        for call in function.instructions():
            for at in range(1, len(call.arguments) + 1) if call.is_call else ():
                for promise in _OF_CONTENTS:
                    if call.call_has(promise, at):
                        call.call_drop(promise, at)


def hide_shadows(module: Module) -> None:
    """Keep to this unit the shadow that Enzyme makes of a static of the host's: another unit may have made one, too."""
    for shadow in module.variables():
        static = module.variable(shadow.name.removesuffix("_shadow"))
        if static is not None and static != shadow and not shadow.is_declaration and not shadow.is_local:
            shadow.set_linkage(Linkage.INTERNAL)


def no_leftovers(module: Module) -> None:
    """Refuse a module that still calls Enzyme: what was not differentiated must not link; or what no library has."""
    digamma = module.function("digamma")
    calls = digamma.calls() if digamma is not None and digamma.is_declaration else []
    if calls:
        raise Refused(
            "the gamma function cannot be differentiated",
            why=f"in `{primal(calls[0].function.name)}` Enzyme's derivative of it calls `digamma`, which C's library"
            " has not",
            hint="call something whose source is compiled with this crate, or mark what it depends on Const",
        )
    for function in module.functions():
        if function.name.startswith(ENTRY) and next(function.users(), None) is not None:
            raise Refused(
                "a derivative was asked for that Enzyme did not make",
                why=f"`{function.name}` is still called after Enzyme has run",
                hint="please report this with the kept stages (AUTODIFF_KEEP)",
            )


CONTENTS = Rule(
    name="contents-of-arguments",
    reason="LLVM leaves out stores before a reverse pass that is said to write there, and stores that it is to read",
    apply=forget_contents,
)
HIDE_SHADOWS = Rule(
    name="hide-shadows",
    reason="two derivatives with a shadow of one static in different parts of a crate did not link",
    apply=hide_shadows,
)
INVARIANT_GROUPS = Rule(
    name="invariant-groups",
    reason="LLVM merges loads of one group across the cache's reallocation: wrong values, heap corruption",
    apply=strip_invariant_groups,
)
SCOPES_OF_STORES = Rule(
    name="scopes-of-stores",
    reason="shared references that overlap are only read, but their shadows are written: LLVM reorders the updates",
    apply=strip_scopes,
)
KEEP_NAN = Rule(
    name="keep-nan",
    reason="`fast` promises that no NaN or infinity occurs",
    apply=keep_nan,
)
KEEP_ORDER = Rule(
    name="keep-order",
    reason="what is vectorised when it is compiled or linked is vectorised where no rule looks",
    apply=keep_order,
)
KEEP_PANICS = Rule(
    name="keep-panics",
    reason="with panic=abort nothing unwinds, and LLVM removes a failed bounds check that is said to return",
    apply=keep_panics,
)
NO_LEFTOVERS = Rule(
    name="no-leftovers", reason="no derivative is ever a number that nothing computed", apply=no_leftovers
)
