"""Making a finding smaller: cuts of the generator's tree, many tried in one build, those that hold taken together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fuzz.tree import cut_out, cuts, disjoint
from judging.crate import BuildFailed, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from fuzz.generate import Tree
    from fuzz.tree import Cut
    from judging.crate import Build
    from judging.program import Mode, Verdict

_AT_ONCE = 24


@dataclass(frozen=True, kw_only=True)
class Reducer:
    """Keeps what makes a finding a finding."""

    mode: Mode
    same: Callable[[Verdict], bool]
    build: Build
    folder: Path

    def reduced(self, tree: Tree, tell: Callable[[str], None]) -> Tree:
        """Cut until no single cut is left that keeps the finding. A cut that failed is tried again only at the end."""
        failed: set[Cut] = set()
        while True:
            before = tree
            while (smaller := self._step(tree, failed)) is not None:
                tree = smaller
                tell(f"{_size(tree)} characters")
            if tree == before:
                return tree
            failed.clear()

    def _step(self, tree: Tree, failed: set[Cut]) -> Tree | None:
        left = [cut for cut in cuts(tree.items) if cut not in failed]
        left.sort(key=lambda cut: _size(_cut(tree, cut)))
        for first in range(0, len(left), _AT_ONCE):
            some = left[first : first + _AT_ONCE]
            held = self._holding([_cut(tree, cut) for cut in some])
            failed |= {cut for cut, holds in zip(some, held, strict=True) if not holds}
            good = [cut for cut, holds in zip(some, held, strict=True) if holds]
            if good:
                return self._together(tree, good)
        return None

    def _together(self, tree: Tree, good: Sequence[Cut]) -> Tree:
        """Take as many of the cuts as go together."""
        trees = [_cut(tree, _joined(good[:count])) for count in (len(good), (len(good) + 1) // 2) if count > 1]
        for one, holds in zip(trees, self._holding(trees), strict=True):
            if holds:
                return one
        return _cut(tree, good[0])

    def _holding(self, trees: Sequence[Tree]) -> list[bool]:
        cases = [(tree.program(f"cut {number}"), self.mode) for number, tree in enumerate(trees)]
        try:
            return [self.same(verdict) for verdict in judge(cases, self.build, self.folder)]
        except BuildFailed:
            return [False] * len(trees)


def _joined(good: Sequence[Cut]) -> Cut:
    joined: Cut = ()
    for cut in good:
        if disjoint(cut, joined):
            joined += cut
    return joined


def _cut(tree: Tree, cut: Cut) -> Tree:
    return replace(tree, items=cut_out(tree.items, cut))


def _size(tree: Tree) -> int:
    return len(str(tree.items))
