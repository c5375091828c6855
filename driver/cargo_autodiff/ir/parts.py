"""A module divided into several that can be optimised and compiled side by side, and remembered one by one.

As rustc divides a crate into codegen units: what is marked for inlining, and every constant, is copied into each part
that needs it; everything else is in one part, which the others call. A small function of another part is at hand
there as well, to be inlined, as ThinLTO imports it. An edit changes the part that it is in, and those that inline it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cargo_autodiff.ir.closure import needs_of
from cargo_autodiff.ir.kinds import Linkage
from cargo_autodiff.ir.value import Function, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Global

_LEAST = 800  # basic blocks of a part
_SMALL = 12  # basic blocks, at the most, of a function that other parts may inline
_OF_RUST = re.compile(r"_ZN[\w.$]*E|_R\w+")
"""A name that no other crate has, whatever linkage it gets: rustc's own units rely on that, too."""

_LISTS = frozenset({"llvm.used", "llvm.compiler.used", "llvm.global_ctors", "llvm.global_dtors"})


def divide(module: Module, most: int, placeholders: Sequence[str] = (), *, inlining: bool) -> list[Module]:
    """Divide a module, which is used up, into `most` parts, or fewer where it is small or bound together.

    What is in which part follows from names and sizes, so that a small edit moves nothing. Without `inlining` nothing
    but constants is copied. Placeholders, by name, get a body later that needs any variable that theirs reaches now.
    """
    blocks = {item.ref: module.llvm.LLVMCountBasicBlocks(item.ref) for item in module.definitions()}
    count = min(most, sum(blocks.values()) // _LEAST)
    if count < 2 or module.aliases() or module.assembly:
        return [module]
    graph = _Graph(module, blocks, placeholders, inlining=inlining)
    shares = [graph.share(part) for part in _packed(graph, count) if part]
    graph.promote()
    return list(_cut(module, shares))


class _Graph:
    """Which global needs which, as LLVM's references, and what may be in several parts."""

    def __init__(
        self, module: Module, blocks: Mapping[int, int], placeholders: Sequence[str], *, inlining: bool
    ) -> None:
        self.items: dict[int, Global] = {item.ref: item for item in [*module.functions(), *module.variables()]}
        for number, item in enumerate(self.items.values()):
            if not item.name:
                item.name = f"unnamed.{number}"
        self.names = {ref: item.name for ref, item in self.items.items()}
        self.blocks = blocks
        self.needs = needs_of(module)
        for name in placeholders:
            found = module.function(name)
            if found is not None:
                self.needs[found.ref] = [*self.needs.get(found.ref, ()), *self._variables_below(found.ref)]
        self.inlining = inlining
        self.defined = {ref for ref, item in self.items.items() if not item.is_declaration}
        self.local = {ref for ref in self.defined if self.items[ref].is_local}
        self.copied = {ref for ref in self.local if self._is_copied(ref)}
        self.bound = {ref for ref in self.local - self.copied if not _OF_RUST.fullmatch(self.names[ref])}
        self._bind()

    def _variables_below(self, root: int) -> list[int]:
        seen = {root}
        todo = [root]
        while todo:
            new = set(self.needs.get(todo.pop(), ())) - seen
            seen |= new
            todo += new
        return [ref for ref in seen if ref in self.items and ref not in self.blocks]

    def _is_copied(self, ref: int) -> bool:
        """Tell a constant, and a local function that is marked for inlining."""
        item = self.items[ref]
        if ref not in self.blocks:
            return bool(item.llvm.LLVMIsGlobalConstant(ref)) and not item.llvm.LLVMGetSection(ref)
        function = Function(item.llvm, ref)
        return self.inlining and (function.has("inlinehint") or function.has("alwaysinline"))

    def _bind(self) -> None:
        """Copy nothing that needs what no other part can name."""
        while binding := {ref for ref in self.copied if not self.bound.isdisjoint(self.needs.get(ref, ()))}:
            self.copied -= binding
            self.bound |= {ref for ref in binding if not _OF_RUST.fullmatch(self.names[ref])}

    @cached_property
    def lent(self) -> frozenset[int]:
        """The small functions that parts other than their own may inline."""
        if not self.inlining:
            return frozenset()
        small = (ref for ref in self.defined - self.copied if 0 < self.blocks.get(ref, 0) <= _SMALL)
        return frozenset(
            ref
            for ref in small
            if self.bound.isdisjoint([ref, *self.needs.get(ref, ())])
            and not Function(self.items[ref].llvm, ref).has("noinline")
        )

    def groups(self) -> list[list[int]]:
        """Give what must stay in one part: what no other part can name, and a function that only one other uses."""
        groups = _Groups(self.defined - self.copied)
        users = self._users()
        for ref in groups.members:
            if ref in self.bound or (ref in self.local and len(users[ref]) == 1):
                groups.join([ref, *users[ref]])
        lists = [ref for ref in groups.members if self.names[ref] in _LISTS]
        groups.join([*lists, *(self.reached(lists) & groups.members)])
        return groups.all()

    def _users(self) -> dict[int, set[int]]:
        """Say which owned globals need each, directly or through what is copied."""
        users: dict[int, set[int]] = {ref: set() for ref in self.items}
        for owner in self.defined - self.copied:
            todo, seen = list(self.needs.get(owner, ())), set()
            while todo:
                ref = todo.pop()
                if ref not in seen and ref in users:
                    seen.add(ref)
                    users[ref].add(owner)
                    todo += self.needs.get(ref, ()) if ref in self.copied else ()
        return users

    def reached(self, roots: Iterable[int]) -> set[int]:
        """Find what a part that owns `roots` mentions."""
        own = frozenset(roots)
        found: set[int] = set()
        todo = list(own)
        while todo:
            ref = todo.pop()
            if ref not in found and ref in self.items:
                found.add(ref)
                if ref in own or ref in self.copied or ref in self.lent:
                    todo += self.needs.get(ref, ())
        return found

    def share(self, part: Iterable[int]) -> _Share:
        """Say what a part holds."""
        own = frozenset(part)
        reached = self.reached(own)
        kept = reached & (own | self.copied)
        lent = (reached & self.lent) - kept
        named = ({self.names[ref] for ref in refs} for refs in (kept, lent, reached - kept - lent))
        return _Share(*map(frozenset, named))

    def promote(self) -> None:
        """Let what is in one part, and local, be seen from the others."""
        for ref in self.local - self.copied - self.bound:
            self.items[ref].set_linkage(Linkage.EXTERNAL, hidden=True)


class _Groups:
    """Disjoint sets."""

    def __init__(self, members: set[int]) -> None:
        self.members = members
        self._leader = {ref: ref for ref in members}

    def join(self, refs: Sequence[int]) -> None:
        """Make one group of the groups of several."""
        for ref in refs[1:]:
            self._leader[self._find(ref)] = self._find(refs[0])

    def _find(self, ref: int) -> int:
        while (above := self._leader[ref]) != ref:
            self._leader[ref] = ref = self._leader[above]
        return ref

    def all(self) -> list[list[int]]:
        """Give each group."""
        found: dict[int, list[int]] = {}
        for ref in self.members:
            found.setdefault(self._find(ref), []).append(ref)
        return list(found.values())


def _packed(graph: _Graph, count: int) -> list[list[int]]:
    """Put groups into parts of like size: largest first, each where there is least; sizes count as powers of two."""

    def order(group: list[int]) -> tuple[int, bytes]:
        with_copies = {ref for own in group for ref in (own, *graph.needs.get(own, ()))}
        size = sum(graph.blocks.get(ref, 0) for ref in with_copies & (graph.copied | set(group)))
        name = min(graph.names[ref] for ref in group)
        return -size.bit_length(), hashlib.sha256(name.encode(errors="surrogateescape")).digest()

    parts: list[list[int]] = [[] for _ in range(count)]
    loads = [0] * count
    for (size, _), group in sorted(((order(group), group) for group in graph.groups()), key=lambda pair: pair[0]):
        emptiest = loads.index(min(loads))
        parts[emptiest] += group
        loads[emptiest] += 1 << -size
    return parts


@dataclass(frozen=True)
class _Share:
    """What is in a part, by name: with its body, with a body that is only to be inlined, as a declaration."""

    kept: frozenset[str]
    lent: frozenset[str]
    declared: frozenset[str]

    @classmethod
    def of_all(cls, shares: Sequence[_Share]) -> _Share:
        """What is in any of several parts, as much of it as one of them has."""
        kept, lent, declared = (
            frozenset().union(*names)
            for names in zip(*((share.kept, share.lent, share.declared) for share in shares), strict=True)
        )
        return cls(kept, lent - kept, declared - lent - kept)


def _cut(module: Module, shares: Sequence[_Share]) -> Iterator[Module]:
    """Give the module of each share; by halves, which costs n log n for n parts."""
    _restrict(module, _Share.of_all(shares))
    if len(shares) == 1:
        yield module
        return
    middle = len(shares) // 2
    other = module.clone()
    yield from _cut(module, shares[:middle])
    yield from _cut(other, shares[middle:])


def _restrict(module: Module, share: _Share) -> None:
    """Leave a share of a module."""
    llvm = module.llvm
    named = share.kept | share.lent | share.declared
    gone = [item for item in [*module.functions(), *module.variables()] if item.name not in named]
    for item in gone:
        item.replace_uses(Value(llvm, llvm.LLVMGetUndef(item.type.ref)))
    for item in gone:
        (llvm.LLVMDeleteFunction if llvm.LLVMIsAFunction(item.ref) else llvm.LLVMDeleteGlobal)(item.ref)
    for variable in module.variables():
        if variable.name in share.declared and not variable.is_declaration:
            llvm.LLVMSetInitializer(variable.ref, None)
    for function in module.definitions():
        if function.name in share.declared:
            _declare(module, function)
        elif function.name in share.lent:
            function.set_linkage(Linkage.AVAILABLE_EXTERNALLY, hidden=function.is_hidden)


def _declare(module: Module, function: Function) -> None:
    """Put a declaration in place of a definition: far cheaper than to take its body apart."""
    llvm, name = module.llvm, function.name
    function.name = ""
    declared = module.declare(name, function.value_type.ref)
    declared.set_linkage(Linkage.EXTERNAL, hidden=function.is_hidden)
    llvm.LLVMSetFunctionCallConv(declared.ref, llvm.LLVMGetFunctionCallConv(function.ref))
    declared.take_attributes(function)
    function.replace_uses(declared)
    llvm.LLVMDeleteFunction(function.ref)
