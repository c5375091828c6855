"""What an inlined call promised about its pointers holds until the call is made again.

`noalias` parameters of an inlined function become scopes: "while this call runs, these accesses do not meet those".
Alias analysis passes it on without the while. In a loop the next iteration is another call, with other pointers
perhaps (two buffers that change places), and Enzyme, which asks what a later iteration overwrites, is told: nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.debug_info import Node
from cargo_autodiff.ir.loops import Flow
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Value

_DECLARED = "llvm.experimental.noalias.scope.decl"
_KINDS = ("alias.scope", "noalias")
_DOMAIN = 1


def apply(module: Module) -> None:
    """Keep the scopes of calls that are made once in their function, outside of all loops; take the others away."""
    for function in module.definitions():
        lasting = _lasting(module, function)
        for instruction in function.instructions():
            for kind in _KINDS:
                _keep(module, instruction, kind, lasting)


def _lasting(module: Module, function: Function) -> set[int]:
    """The domains (one for each inlined call) of which no scope begins in a loop."""
    flow = Flow(function)
    again = {flow.blocks[number] for number in flow.in_cycles()}
    once: dict[int, bool] = {}
    for instruction in function.instructions():
        if instruction.is_call and instruction.callee and instruction.callee.name == _DECLARED:
            for scope in _scopes(module, instruction.arguments[0]):
                domain = _domain(scope)
                once[domain] = once.get(domain, True) and instruction.block not in again
    return {domain for domain, lasts in once.items() if lasts}


def _keep(module: Module, instruction: Instruction, kind: str, lasting: set[int]) -> None:
    found = instruction.metadata(kind)
    if found is None:
        return
    scopes = list(_scopes(module, found))
    kept = [scope for scope in scopes if _domain(scope) in lasting]
    if len(kept) < len(scopes):
        instruction.set_metadata(kind, Builder(module.llvm, module.context).list_of(kept) if kept else None)


def _scopes(module: Module, nodes: Value) -> Iterator[Node]:
    whole = Node(module.llvm, module.context, module.llvm.LLVMValueAsMetadata(nodes.ref))
    for scope in whole.operands():
        if scope is not None:
            yield Node(module.llvm, module.context, module.llvm.LLVMValueAsMetadata(scope.ref))


def _domain(scope: Node) -> int:
    domain = scope.node(_DOMAIN)
    return domain.ref if domain is not None else 0


RULE = Rule(
    name="alias-scopes",
    reason="alias analysis takes what an inlined call promised for true in the next iteration, too",
    apply=apply,
)
