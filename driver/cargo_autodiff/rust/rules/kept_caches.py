"""The memory of caches is kept from one call of a derivative to the next.

What is freed at the end of the heap goes back to the system, and the next call gets it again page by page: many
gradients spent more on that than on their arithmetic. A block stays malloc's own, so that it does no harm when what
was got in one way is given back in the other. Rust's own memory has other functions; C's has these, too, and is left
alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.ir.asking import MARKER
from cargo_autodiff.ir.module import Module
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.value import Instruction

FUNCTIONS = Path(__file__).with_suffix(".ll")
_KEEPING = "__cargo_autodiff_kept_"
_NAMES = ("malloc", "realloc", "free")
_RUST = "cargo-autodiff-rust"
_INACCESSIBLE_MEMORY, _BLOCK_AND_INACCESSIBLE_MEMORY = 0b1100, 0b1111  # MemoryEffects: two bits for each location


def mark(module: Module) -> None:
    """Mark the placeholders: whose unit holds one is Rust."""
    marker = module.function(MARKER)
    for call in marker.calls() if marker is not None else ():
        call.function.set_string_attribute(_RUST)


def apply(module: Module) -> None:
    """Let what Enzyme allocates come from what is kept, and go there."""
    if all(function.string_attribute(_RUST) is None for function in module.definitions()):
        return
    calls = [(call, name) for name in _NAMES for call in _calls(module, name)]
    if not calls:
        return
    for call, name in calls:
        like = call.callee
        if like is not None:
            callee = module.declare(_KEEPING + name, like.value_type.ref)
            call.set_operand(len(call.operands) - 1, callee)
    kept = Module.parse(module.llvm, module.context, FUNCTIONS.read_bytes(), str(FUNCTIONS))
    kept.set_target(module.triple, module.layout)
    module.link(kept)
    for name in _NAMES:
        _promise(module, _KEEPING + name)


def _calls(module: Module, name: str) -> list[Instruction]:
    function = module.function(name)
    calls = function.calls() if function is not None else []
    return [call for call in calls if not call.function.name.startswith(_KEEPING)]


def _promise(module: Module, name: str) -> None:
    """Say what LLVM knows of malloc: it touches no memory but the block, and its own."""
    function = module.function(name)
    if function is None:
        return
    function.add("willreturn")
    owned = name.endswith("malloc")
    if module.llvm.major >= 16:
        function.add("memory", value=_INACCESSIBLE_MEMORY if owned else _BLOCK_AND_INACCESSIBLE_MEMORY)
    else:
        function.add("inaccessiblememonly" if owned else "inaccessiblemem_or_argmemonly")


MARK = Rule(name="rust-marked", reason="in C malloc is the program's own, too", apply=mark)
RULE = Rule(
    name="kept-caches",
    reason="memory that goes back to the system comes again page by page",
    apply=apply,
)
