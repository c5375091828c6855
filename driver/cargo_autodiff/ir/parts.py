"""A module divided into several that can be optimised and compiled side by side, and remembered one by one.

As rustc divides a crate into codegen units: what is marked for inlining, or tiny, and every constant, is copied into
each part that needs it; everything else is in one part, which the others call. A small function of another part is at
hand there as well, to be inlined, as ThinLTO imports it. An edit changes the part that it is in, and those that inline
it.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from cargo_autodiff.ir.closure import needs_of
from cargo_autodiff.ir.kinds import Linkage
from cargo_autodiff.ir.module import Module
from cargo_autodiff.ir.value import Function, Value
from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cargo_autodiff.ir.value import Global

_LEAST = 400  # basic blocks of a part
_SMALL = 30
"""Basic blocks, at the most, of a function that other parts may inline. They are those of IR that no pass has touched:
with 3 of them, functions of iterators stayed calls, and some kernels took 1.9 to 4.7 times as long."""
_LESS = 0.7  # of that, for those behind one (LLVM's ThinLTO has the same)
_INLINED = 40  # basic blocks, at the most, of such a function with what it calls and is marked for inlining itself
_JOINED = 200  # basic blocks, at the most, of a function and those that nobody else calls, to be in the same part
_TINY = 3
"""Basic blocks, at the most, of a function that is inlined anyway. Where each part has its own, as of those marked for
it, an edit of one changes no part that does not call it."""
_OF_RUST = re.compile(r"_ZN[\w.$]*E|_R\w+")
"""A name that no other crate has, whatever linkage it gets: rustc's own units rely on that, too."""

_STAYING: dict[int, Linkage] = {Linkage.LINK_ONCE: Linkage.WEAK, Linkage.LINK_ONCE_ODR: Linkage.WEAK_ODR}
"""What goes when its own module does not need it, and the same that does not."""

_LISTS = frozenset({"llvm.used", "llvm.compiler.used", "llvm.global_ctors", "llvm.global_dtors"})


class Part(Frozen):
    """What one part of a module holds, by name: bodies, bodies only to be inlined, declarations."""

    kept: Sequence[str]
    lent: Sequence[str]
    declared: Sequence[str]


def cut(host: Module, part: Part) -> Module:
    """Move a part out of a module, which is used up. Of one that was read lazily only the part's bodies are read."""
    llvm = host.llvm
    lent, declared = set(part.lent), set(part.declared)
    named = {*part.kept, *lent, *declared}
    # in the order of the module: that of a set is another in every process
    items = [(item, item.name) for item in [*host.functions(), *host.variables()]]
    gone = [item for item, name in items if name not in named]
    for item in gone:
        item.replace_uses(Value(llvm, llvm.LLVMGetUndef(item.type.ref)))
    for item in gone:
        (llvm.LLVMDeleteFunction if llvm.LLVMIsAFunction(item.ref) else llvm.LLVMDeleteGlobal)(item.ref)
    for item, name in items:
        if name in lent:
            item.set_linkage(Linkage.AVAILABLE_EXTERNALLY, hidden=item.is_hidden)
        elif name in declared and not item.is_declaration:
            _declare(host, item)
    made = Module.empty(llvm, host.context, "part")
    made.source = host.source
    made.set_target(host.triple, host.layout)
    with _all_linked(host, made):
        made.link(host)
    return made


@contextmanager
def _all_linked(host: Module, made: Module) -> Iterator[None]:
    """Let local variables be linked even if nothing mentions them yet: a derivative may."""
    local = [(variable.name, variable.linkage) for variable in host.variables() if variable.is_local]
    for name, _ in local:
        if (variable := host.variable(name)) is not None:
            variable.set_linkage(Linkage.EXTERNAL, hidden=True)
    yield
    for name, linkage in local:
        if (variable := made.variable(name)) is not None:
            variable.set_linkage(Linkage(linkage))


def divide(module: Module, most: int, placeholders: Sequence[str] = (), *, inlining: bool) -> list[Part]:
    """Divide a module into `most` parts, or fewer where it is small; none where something binds it together.

    The largest is first: it takes longest.

    What is in which part follows from names and sizes, so that a small edit moves nothing. Without `inlining` nothing
    but constants is copied. Placeholders, by name, get a body later that needs any variable that theirs reaches now.
    """
    blocks = {item.ref: module.llvm.LLVMCountBasicBlocks(item.ref) for item in module.definitions()}
    count = min(most, sum(blocks.values()) // _LEAST)
    if count < 2 or module.aliases() or module.assembly:
        return []
    graph = _Graph(module, blocks, placeholders, inlining=inlining)
    parts = sorted((graph.part(own) for own in _packed(graph, count) if own), key=graph.size, reverse=True)
    graph.promote({name for part in parts for name in [*part.lent, *part.declared]})
    return parts


class _Graph:
    """Which global needs which, as LLVM's references, and what may be in several parts."""

    def __init__(
        self, module: Module, blocks: Mapping[int, int], placeholders: Sequence[str], *, inlining: bool
    ) -> None:
        self.module = module
        self.items: dict[int, Global] = {item.ref: item for item in [*module.functions(), *module.variables()]}
        for number, item in enumerate(self.items.values()):
            if not item.name:
                item.name = f"unnamed.{number}"
        self.names = {ref: item.name for ref, item in self.items.items()}
        self.blocks = blocks
        self.needs = needs_of(module)
        self.placeholders = [found.ref for name in placeholders if (found := module.function(name))]
        self.sizes = dict(blocks)
        for ref in self.placeholders:
            below = self._below(ref)
            self.sizes[ref] = sum(blocks.get(reached, 0) for reached in below)  # a derivative has about as many
            variables = (reached for reached in below if reached in self.items and reached not in blocks)
            self.needs[ref] = [*self.needs.get(ref, ()), *variables]
        self.inlining = inlining
        self.defined = {ref for ref, item in self.items.items() if not item.is_declaration}
        self.local = {ref for ref in self.defined if self.items[ref].is_local}
        self.copied = {ref for ref in self.local if self._is_copied(ref)}
        self.bound = {ref for ref in self.local - self.copied if not _OF_RUST.fullmatch(self.names[ref])}
        self._bind()

    def _below(self, root: int, only: set[int] | None = None) -> set[int]:
        """Find what a global reaches, itself included; `only` names what may be on the way and at its end."""
        seen = {root}
        todo = [root]
        while todo:
            new = set(self.needs.get(todo.pop(), ())) - seen
            new = new if only is None else new & only
            seen |= new
            todo += new
        return seen

    def _is_copied(self, ref: int) -> bool:
        """Tell a constant, and a local function that is marked for inlining or as good as that."""
        item = self.items[ref]
        if ref not in self.blocks:
            return bool(item.llvm.LLVMIsGlobalConstant(ref)) and not item.llvm.LLVMGetSection(ref)
        function = Function(item.llvm, ref)
        if not self.inlining or function.has("noinline") or ref in self.placeholders:
            return False
        return self.blocks[ref] <= _TINY or function.has("inlinehint") or function.has("alwaysinline")

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
        inlined = self.copied & self.blocks.keys()
        return frozenset(
            ref
            for ref in small
            if self.bound.isdisjoint([ref, *self.needs.get(ref, ())])
            and sum(self.blocks[below] for below in self._below(ref, inlined)) <= _INLINED
            and not Function(self.items[ref].llvm, ref).has("noinline")
        )

    def groups(self) -> list[list[int]]:
        """Give what must stay in one part: what no other part can name, and a function that only one other uses."""
        owned = [ref for ref in self.items if ref in self.defined and ref not in self.copied]
        groups = _Groups({ref: self.sizes.get(ref, 0) for ref in owned})
        users = self._users()
        for ref in owned:
            if ref in self.bound:
                groups.join([ref, *users[ref]])
        lists = [ref for ref in owned if self.names[ref] in _LISTS]
        groups.join([*lists, *(self.reached(lists)[0] & set(owned))])
        for ref in self.placeholders:  # a small derivative is inlined where it is called
            for user in self._single_users(ref, users):
                groups.join_if_small(ref, user, _LEAST)
        # what waits for a derivative is to be no more than that
        waiting = {groups.leader(ref) for ref in self.placeholders}
        for ref in owned:
            if ref in self.local and len(users[ref]) == 1:
                (user,) = users[ref]
                if waiting.isdisjoint([groups.leader(ref), groups.leader(user)]):
                    groups.join_if_small(ref, user, _JOINED)
        return groups.all()

    def _single_users(self, ref: int, users: Mapping[int, set[int]]) -> Iterator[int]:
        """Give what alone calls a placeholder, the derivative's wrapper, and what alone calls that."""
        for _ in range(2):
            if ref not in self.local or len(users[ref]) != 1:
                return
            (ref,) = users[ref]
            yield ref

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

    def reached(self, roots: Iterable[int]) -> tuple[set[int], set[int]]:
        """Find what a part that owns `roots` mentions, and what of it is lent."""
        own = frozenset(roots)
        found: set[int] = set()
        lent: set[int] = set()
        todo, behind, room = list(own), list[int](), float(_SMALL)
        while todo:
            ref = todo.pop()
            if ref not in found and ref in self.items:
                found.add(ref)
                if ref in own or ref in self.copied:
                    todo += self.needs.get(ref, ())
                elif ref in self.lent and self.blocks[ref] <= room:
                    lent.add(ref)
                    behind += self.needs.get(ref, ())
            if not todo:
                todo, behind, room = behind, [], room * _LESS
        return found, lent

    def part(self, roots: Iterable[int]) -> Part:
        """Say what a part holds that owns `roots`."""
        own = frozenset(roots)
        reached, lent = self.reached(own)
        kept = reached & (own | self.copied)
        return Part(
            **{
                role: sorted(self.names[ref] for ref in refs)
                for role, refs in {"kept": kept, "lent": lent, "declared": reached - kept - lent}.items()
            }
        )

    def size(self, part: Part) -> int:
        """Say how much there is to compile."""
        named = {*part.kept, *part.lent}
        return sum(blocks for ref, blocks in self.blocks.items() if self.names[ref] in named)

    def promote(self, names: set[str]) -> None:
        """Let what is needed by another part be seen from there, and stay where it is."""
        for ref in self.defined - self.copied - self.bound:
            if self.names[ref] not in names:
                continue
            item = self.items[ref]
            if ref in self.local:
                item.set_linkage(Linkage.EXTERNAL, hidden=True)
            elif staying := _STAYING.get(item.linkage):
                item.llvm.LLVMSetLinkage(ref, staying)


class _Groups:
    """Disjoint sets of what has a size."""

    def __init__(self, sizes: Mapping[int, int]) -> None:
        self._sizes = dict(sizes)
        self._leader = {ref: ref for ref in sizes}

    def join(self, refs: Sequence[int]) -> None:
        """Make one group of the groups of several."""
        for ref in refs[1:]:
            ours, other = self.leader(refs[0]), self.leader(ref)
            if ours != other:
                self._leader[other] = ours
                self._sizes[ours] += self._sizes[other]

    def join_if_small(self, one: int, other: int, most: int) -> None:
        """Make one group of two, unless it would have `most` blocks or more."""
        groups = {self.leader(one), self.leader(other)}
        if sum(self._sizes[group] for group in groups) < most:
            self.join(sorted(groups))

    def leader(self, ref: int) -> int:
        """Give the one that stands for its group."""
        while (above := self._leader[ref]) != ref:
            self._leader[ref] = ref = self._leader[above]
        return ref

    def all(self) -> list[list[int]]:
        """Give each group."""
        found: dict[int, list[int]] = {}
        for ref in self._leader:
            found.setdefault(self.leader(ref), []).append(ref)
        return list(found.values())


def _packed(graph: _Graph, count: int) -> list[list[int]]:
    """Put groups into parts of like size: largest first, each where there is least; sizes count as powers of two."""

    def order(group: list[int]) -> tuple[int, bytes]:
        with_copies = {ref for own in group for ref in (own, *graph.needs.get(own, ()))}
        size = sum(graph.sizes.get(ref, 0) for ref in with_copies & (graph.copied | set(group)))
        name = min(graph.names[ref] for ref in group)
        return -size.bit_length(), hashlib.sha256(name.encode(errors="surrogateescape")).digest()

    parts: list[list[int]] = [[] for _ in range(count)]
    loads = [0] * count
    for (size, _), group in sorted(((order(group), group) for group in graph.groups()), key=lambda pair: pair[0]):
        emptiest = loads.index(min(loads))
        parts[emptiest] += group
        loads[emptiest] += 1 << -size
    return parts


def _declare(module: Module, item: Global) -> None:
    """Put a declaration in place of a definition. A function is made anew: far cheaper than to take its body apart."""
    llvm, function = module.llvm, item.as_function()
    if function is None:
        llvm.LLVMSetInitializer(item.ref, None)
        item.set_linkage(Linkage.EXTERNAL, hidden=item.is_hidden)  # one that was weak must not be so here
        return
    name = function.name
    function.name = ""
    declared = module.declare(name, function.value_type.ref)
    declared.set_linkage(Linkage.EXTERNAL, hidden=function.is_hidden)
    llvm.LLVMSetFunctionCallConv(declared.ref, llvm.LLVMGetFunctionCallConv(function.ref))
    declared.take_attributes(function)
    function.replace_uses(declared)
    llvm.LLVMDeleteFunction(function.ref)
