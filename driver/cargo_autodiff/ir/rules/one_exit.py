"""No exit of a loop crosses the loop around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.debug_info import beginning
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.loops import Flow, natural_loops
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from cargo_autodiff.ir.loops import Loop
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Block, Function, Instruction, Value

_ROUNDS = 200


def apply(module: Module) -> None:
    """Let an exit that leaves two loops at once set a flag and leave the outer one through its latch.

    Needs loop-simplify and lcssa to have run: a loop has one latch, and every value that leaves it is a phi of the
    block it leaves to. Exits that can only panic are left alone. Raises Refused where the shape cannot be changed.
    """
    for function in module.definitions():
        for _ in range(_ROUNDS):
            crossing = _find(function)
            if crossing is None:
                break
            _reroute(function, crossing)
        else:
            raise _refusal(function, "its loops have too many early exits")


class _Crossing(Frozen):
    leaving: tuple[Block, ...]
    to: Block
    header: Block
    latch: Block


def _find(function: Function) -> _Crossing | None:
    flow = Flow(function)
    loops = natural_loops(flow)
    returning = flow.reaching({i for i, block in enumerate(flow.blocks) if block.terminator.opcode == Opcode.RET})
    for index, inner in enumerate(loops):
        outer = next((loop for loop in loops[index + 1 :] if inner.body < loop.body), None)
        if outer is None:
            continue
        for block in sorted(inner.body):
            for successor in flow.successors[block]:
                if successor not in outer.body and successor in returning:
                    return _crossing(function, flow, inner, outer, successor)
    return None


def _crossing(function: Function, flow: Flow, inner: Loop, outer: Loop, to: int) -> _Crossing:
    leaving = tuple(flow.blocks[block] for block in flow.predecessors[to] if block in inner.body)
    fixed = any(block.terminator.opcode not in (Opcode.BR, Opcode.SWITCH) for block in leaving)
    if len(outer.latches) != 1 or fixed:
        raise _refusal(function, "an early exit leaves two loops at once in a way that cannot be rerouted")
    return _Crossing(
        leaving=leaving,
        to=flow.blocks[to],
        header=flow.blocks[outer.header],
        latch=flow.blocks[outer.latches[0]],
    )


def _reroute(function: Function, crossing: _Crossing) -> None:
    at = function.append_block("one.exit")
    builder = Builder.at_end(at)
    flag = builder.phi(builder.integer(1), "leaves")
    edges = [block for block in crossing.leaving for successor in block.successors if successor == crossing.to]
    flag.add_incoming(*((builder.constant(1, 1), block) for block in edges))
    flag.add_incoming((builder.constant(1, 0), crossing.latch))
    for phi in crossing.to.phis:
        _merge(builder, phi, at, edges, default=crossing.latch)
    for phi in crossing.header.phis:
        through = builder.phi(phi.type)
        through.add_incoming(*((phi, block) for block in edges))
        kept = _replace_incoming(phi, [crossing.latch], through, at)
        through.add_incoming((kept[0], crossing.latch))
    for block in crossing.leaving:
        block.redirect(crossing.to, at)
    crossing.latch.redirect(crossing.header, at)
    Builder.at_end(at).branch_if(flag, crossing.to, crossing.header)


def _merge(builder: Builder, phi: Instruction, at: Block, edges: list[Block], *, default: Block) -> None:
    """Collect in the new block what a phi of the exit got from the leaving blocks."""
    through = builder.phi(phi.type)
    left = _replace_incoming(phi, edges, through, at)  # which ends the phi
    through.add_incoming(*zip(left, edges, strict=True))
    through.add_incoming((builder.zero(through.type), default))


def _replace_incoming(phi: Instruction, old: list[Block], value: Value, block: Block) -> list[Value]:
    """Replace a phi's incoming edges; return what came over each of the old ones.

    The phi is made anew because the C API cannot remove an edge.
    """
    kept, gone = [], {}
    for came, origin in phi.incoming():
        if origin in old:
            gone[origin] = came
        else:
            kept.append((came, origin))
    made = Builder.before(phi).phi(phi.type)
    made.add_incoming(*kept, (value, block))
    phi.replace_uses(made)
    phi.erase()
    return [made if gone[origin] == phi else gone[origin] for origin in old]


def _refusal(function: Function, why: str) -> Refused:
    return Refused(
        "a loop cannot be differentiated",
        where=beginning(function),
        why=f"in `{function.name}`: {why}, where Enzyme computes a wrong gradient",
        hint="leave the inner loop with a flag that the outer loop tests",
    )


RULE = Rule(
    name="one-exit",
    reason="where the inner of two loops leaves both at once, Enzyme loses its trip count on the way to the outer"
    " latch",
    apply=apply,
)
