"""What branches inside a loop decide, and is used after the loop, goes through a call, so that Enzyme keeps it.

To find its caches in the reverse pass, Enzyme computes anew how often loops run. Where that hangs on a phi of a loop
before, it decides the branches again, and looks up what they merge as if it were inside of that loop: at the place of
an iteration that its reverse pass has not begun (GradientUtils::unwrapM, where `getOpFull` takes the phi's predecessor
for the scope of what comes from there). It took what an uninitialised counter said, and adjoints went anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.entry_calls import asks_for_reverse
from cargo_autodiff.ir.inactive_calls import give_back, is_call_of, kept_integer
from cargo_autodiff.ir.inductions import is_in, is_moved
from cargo_autodiff.ir.kinds import Linkage, Opcode, TypeKind
from cargo_autodiff.ir.loops import Flow, Loop, ends, natural_loops
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.unwinding import is_landing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Block, Function, Instruction, Type, Value

_RESULT = "__cargo_autodiff_loop_result."
_ARITHMETIC = (
    Opcode.PHI, Opcode.SELECT, Opcode.ADD, Opcode.SUB, Opcode.MUL, Opcode.SHL, Opcode.LSHR, Opcode.AND, Opcode.OR,
    Opcode.XOR, Opcode.TRUNC, Opcode.ZEXT, Opcode.SEXT, Opcode.FREEZE,
)  # fmt: skip
_DECIDING = (Opcode.ICMP, Opcode.SWITCH, Opcode.GETELEMENTPTR, Opcode.UITOFP, Opcode.SITOFP)


def apply(module: Module) -> None:
    """Call a function that gives back such a number or pointer, where a loop ends."""
    if not asks_for_reverse(module):
        return
    for function in module.definitions():
        flow = Flow(function)
        loops = natural_loops(flow)
        for loop in loops:
            body = flow.body(loop)
            is_inner = any(loop.header in other.body for other in loops if other != loop)
            all_of_it = is_inner and not _is_counted(flow, loop, body)
            for phi in list(_results(flow, loop, body)):
                if all_of_it or any(_is_merged(value, body, flow.blocks[loop.header]) for value, _ in phi.incoming()):
                    _keep(module, phi)


def settle(module: Module) -> None:
    """Let what was called be what was given, in the derivatives, too; its reverse pass does nothing."""
    give_back(module, _RESULT)
    for function in list(module.functions()):
        if function.name.startswith(f"diffe{_RESULT}"):
            for call in function.calls():
                call.erase()


def _results(flow: Flow, loop: Loop, body: set[Block]) -> Iterator[Instruction]:
    """Yield the phis where a loop ends, but not where it ends in a panic."""
    for end in dict.fromkeys(after for number in loop.body for after in flow.blocks[number].successors):
        if end in body or is_landing(end):
            continue
        for phi in end.phis:
            kind = phi.type.kind
            leads = kind is TypeKind.POINTER or (kind is TypeKind.INTEGER and phi.type.bits > 1)
            if leads and not any(is_call_of(user, _RESULT) for user in phi.users()):
                yield phi


def _is_counted(flow: Flow, loop: Loop, body: set[Block]) -> bool:
    """Tell a loop that a comparison of what each iteration moves by as much with a bound ends, and nothing else.

    Of others Enzyme keeps how often they ran; what it needs of it outside of the loop around them, it looks up at that
    loop's iteration, too.
    """
    found = ends(flow, loop)
    if len(found) != 1 or len(loop.latches) != 1 or found[0].terminator.opcode != Opcode.BR:
        return False
    compared = found[0].terminator.operands[0].as_instruction()
    if compared is None or compared.opcode != Opcode.ICMP:
        return False
    moving = [operand for operand in compared.operands if is_in(operand, body)]
    return len(moving) == 1 and is_moved(moving[0], flow.blocks[loop.header], body)


def _is_merged(value: Value, body: set[Block], header: Block) -> bool:
    """Tell what a loop computes of values between which branches, or the loops inside of it, choose.

    What an iteration takes over from the one before is looked up where the loop ends, and is right.
    """
    found, todo = {value}, [value]
    while todo:
        step = todo.pop().as_instruction()
        if step is None or step.block not in body:
            continue
        if step.opcode == Opcode.PHI:
            if step.block == header:
                continue
            if len(step.incoming()) > 1:
                return True
        fresh = set(step.operands) - found
        found |= fresh
        todo += fresh
    return False


def _keep(module: Module, phi: Instruction) -> None:
    builder = Builder.after(phi)
    if _only_counts(phi):
        kept = kept_integer(module, builder, f"{_RESULT}count.", phi)
    else:
        kept = builder.call(_same(module, builder, phi.type), [phi])
    kept.set_metadata("enzyme_mustcache", builder.empty_node())
    if phi.metadata("enzyme_active_val"):
        kept.set_metadata("enzyme_active_val", builder.empty_node())
    phi.replace_uses(kept)
    kept.set_operand(0, phi)


def _only_counts(phi: Instruction) -> bool:
    """Tell an integer that decides and leads to places, and is put nowhere where it may be the bits of a float."""
    if phi.type.kind is TypeKind.POINTER:
        return False
    found, todo = {phi}, [phi]
    while todo:
        for user in todo.pop().users():
            step = user.as_instruction()
            if step is None or not (step.opcode in (*_ARITHMETIC, *_DECIDING) or _is_of_memory(step)):
                return False
            if step.opcode in _ARITHMETIC and step not in found:
                found.add(step)
                todo.append(step)
    return True


def _is_of_memory(step: Instruction) -> bool:
    """Tell what allocates or frees so many bytes."""
    callee = step.callee if step.is_call else None
    return callee is not None and (callee.has("allockind") or callee.name.startswith(_RESULT))


def _same(module: Module, builder: Builder, of: Type) -> Function:
    """Define a function that Enzyme looks into: a pointer's shadow goes with it, and the type of a number."""
    name = f"{_RESULT}{'pointer' if of.kind is TypeKind.POINTER else of.bits}"
    found = module.function(name)
    if found is None:
        found = module.declare(name, builder.function_type(of, of).ref)
        found.set_linkage(Linkage.INTERNAL)
        Builder.at_end(found.append_block("entry")).ret(found.parameters[0])
    return found


RULE = Rule(
    name="loop-results",
    reason="Enzyme computes loops' lengths anew from what branches in an earlier loop decided, and looks it up where"
    " that loop has not run",
    apply=apply,
)
SETTLE = Rule(name="settle-loop-results", reason="nothing defines what was called", apply=settle)
