"""What all hash tables share is inlined where the type of the elements is known, and a hash carries no derivative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.inactive_calls import INACTIVE
from cargo_autodiff.ir.machine import optimise
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function

_TABLES = "9hashbrown3raw"
_SHARED = ("RawTableInner20reserve_rehash_inner", "RawTableInner12resize_inner", "RawTableInner15rehash_in_place")
_HASHING = "4core4hash11BuildHasher8hash_one"
_SWAP = "4core3ptr19swap_nonoverlapping"


def apply(module: Module) -> None:
    """Inline the growth of `RawTableInner` into that of each `RawTable<T>`, before copies are given their types.

    Hashing stays a call, into which Enzyme does not look.
    """
    for hashing in _hashing(module):
        hashing.set_string_attribute(INACTIVE)
        hashing.add("noinline")
    shared = [function for function in module.definitions() if _is_shared(function.name)]
    if not any(_TABLES in function.name for function in shared):
        return
    for function in shared:
        function.allow_inlining()
        function.drop("cold")
        function.add("alwaysinline")
    optimise(module, "always-inline")


def settle(module: Module) -> None:
    """Let hashing be inlined again."""
    for hashing in _hashing(module):
        hashing.allow_inlining()


def _hashing(module: Module) -> list[Function]:
    return [function for function in module.definitions() if _HASHING in function.name]


def _is_shared(name: str) -> bool:
    if _TABLES in name:
        return any(name.endswith(part) or f"{part}17h" in name for part in _SHARED)
    return f"{_SWAP}17h" in name


RULE = Rule(
    name="hash-tables",
    reason="a hash table moves its elements as bytes, in functions that tables of floats and of integers share",
    apply=apply,
)
SETTLE = Rule(name="settle-hash-tables", reason="after Enzyme, hashing may be inlined", apply=settle)
