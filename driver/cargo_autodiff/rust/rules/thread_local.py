"""Thread-local variables are statics: where one is, is asked of a function that Enzyme knows to carry no derivative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.flows import THREAD_LOCAL
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module

_INTRINSIC = "llvm.threadlocal.address.p0"


def hide(module: Module) -> None:
    """Call a function of ours in place of LLVM's."""
    intrinsic = module.function(_INTRINSIC)
    if intrinsic is None or not intrinsic.calls():
        return
    ours = module.declare(THREAD_LOCAL, intrinsic.value_type.ref)
    ours.set_string_attribute("enzyme_inactive")
    for kind in ("memory", "nofree", "nounwind", "willreturn", "nosync"):
        ours.add(kind)  # without a value, `memory` is none
    for call in intrinsic.calls():
        call.set_operand(len(call.operands) - 1, ours)


def show(module: Module) -> None:
    """Call LLVM's function again."""
    ours = module.function(THREAD_LOCAL)
    if ours is None:
        return
    intrinsic = module.declare(_INTRINSIC, ours.value_type.ref)
    for call in ours.calls():
        call.set_operand(len(call.operands) - 1, intrinsic)


RULE = Rule(name="thread-local", reason="Enzyme fails an assertion on llvm.threadlocal.address", apply=hide)
SETTLE = Rule(name="thread-local-addresses", reason="only LLVM knows where a thread-local variable is", apply=show)
