"""No block goes to another by two edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.rule import Rule
from cargo_autodiff.ir.rules.speculation import HERE, held, is_summed

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Block, Function


def apply(module: Module) -> None:
    """Let the edges from one block to another that has phis meet in a block of their own.

    Enzyme folds a block that does nothing, so a float does something there.
    """
    for function in module.definitions():
        for block in list(function.blocks):
            successors = block.successors
            for to in {to for to in successors if successors.count(to) > 1 and to.phis}:
                _join(module, function, block, to)


def _join(module: Module, function: Function, block: Block, to: Block) -> None:
    edge = function.append_block("one.edge")
    block.redirect(to, edge)
    Builder.at_end(edge).branch(to)
    builder = Builder.before(edge.first)
    for phi in to.phis:
        entries = phi.incoming()
        kept = [(value, origin) for value, origin in entries if origin != block]
        came = next(value for value, origin in entries if origin == block)
        if is_summed(phi.type) and not came.is_constant:
            came = held(module, builder, came, f"{HERE}.edge")
        made = Builder.before(phi).phi(phi.type)
        made.add_incoming(*kept, (came, edge))
        phi.replace_uses(made)
        phi.erase()


RULE = Rule(
    name="one-edge",
    reason="where a switch has two edges to a phi, Enzyme adds the adjoint once for each",
    apply=apply,
)
