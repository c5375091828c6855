"""Loops of a function: natural loops and their nesting, from dominators (Cooper, Harvey, Kennedy 2001)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from cargo_autodiff.ir.value import Block, Function


class Flow:
    """The control flow of a function as numbers: block i is `blocks[i]`, the entry is 0."""

    def __init__(self, function: Function) -> None:
        self.blocks: list[Block] = function.blocks
        self.numbers = {block: index for index, block in enumerate(self.blocks)}
        self.successors = [list(dict.fromkeys(self.numbers[s] for s in block.successors)) for block in self.blocks]
        self.predecessors: list[list[int]] = [[] for _ in self.blocks]
        for block, nexts in enumerate(self.successors):
            for successor in nexts:
                self.predecessors[successor].append(block)
        self.order = self._reverse_postorder()
        self.reachable = set(self.order)

    def _reverse_postorder(self) -> list[int]:
        order: list[int] = []
        seen = {0}
        stack = [(0, iter(self.successors[0]))]
        while stack:
            block, nexts = stack[-1]
            following = next((s for s in nexts if s not in seen), None)
            if following is None:
                order.append(block)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(self.successors[following])))
        return order[::-1]

    def reaching(self, goals: set[int]) -> set[int]:
        """Find the blocks from which one of the goals can be reached."""
        found, todo = set(goals), list(goals)
        while todo:
            for before in self.predecessors[todo.pop()]:
                if before not in found:
                    found.add(before)
                    todo.append(before)
        return found

    @cached_property
    def going_on(self) -> set[int]:
        """The blocks from which a return can be reached: the others end in a panic, and Enzyme leaves them out."""
        return self.reaching(
            {number for number, block in enumerate(self.blocks) if block.terminator.opcode == Opcode.RET}
        )

    def in_cycles(self) -> set[int]:
        """Find the blocks that can run again after themselves, in reducible loops or not (Kosaraju's components)."""
        found: set[int] = set()
        done: set[int] = set()
        for root in self.order:
            if root in done:
                continue
            component, todo = {root}, [root]
            while todo:
                for before in self.predecessors[todo.pop()]:
                    if before not in done and before not in component and before in self.reachable:
                        component.add(before)
                        todo.append(before)
            done |= component
            if len(component) > 1 or root in self.successors[root]:
                found |= component
        return found

    def body(self, loop: Loop) -> set[Block]:
        """Give a loop's blocks."""
        return {self.blocks[number] for number in loop.body}

    def dominators(self) -> dict[int, int]:
        """Give each reachable block its immediate dominator; the entry has itself."""
        return self._above

    @cached_property
    def _above(self) -> dict[int, int]:
        rank = {block: index for index, block in enumerate(self.order)}
        above = {0: 0}
        changed = True
        while changed:
            changed = False
            for block in self.order[1:]:
                known = [p for p in self.predecessors[block] if p in above]
                best = known[0]
                for other in known[1:]:
                    best = _meet(above, rank, best, other)
                if above.get(block) != best:
                    above[block] = best
                    changed = True
        return above


class Loop(Frozen):
    """A natural loop: blocks as numbers of a Flow."""

    header: int
    latches: tuple[int, ...]
    body: frozenset[int]


def natural_loops(flow: Flow) -> list[Loop]:
    """Find the natural loops, inner ones before those around them."""
    above = flow.dominators()
    latches: dict[int, list[int]] = {}
    for block in flow.order:
        for successor in flow.successors[block]:
            if dominates(above, successor, block):
                latches.setdefault(successor, []).append(block)
    loops = [
        Loop(header=header, latches=tuple(ends), body=frozenset(_body(flow, header, ends)))
        for header, ends in latches.items()
    ]
    return sorted(loops, key=lambda loop: len(loop.body))


def skippable(flow: Flow) -> set[int]:
    """Find the blocks that an iteration of the loop around them can go without, or, outside of loops, a call."""
    above, loops = flow.dominators(), natural_loops(flow)
    returns = tuple(block for block in flow.order if flow.blocks[block].terminator.opcode == Opcode.RET)
    found = set()
    for block in flow.order:
        around = next((loop.latches for loop in loops if block in loop.body), returns)
        if not all(dominates(above, block, end) for end in around):
            found.add(block)
    return found


def ends(flow: Flow, loop: Loop) -> list[Block]:
    """Give the blocks where a loop ends, but not where it only ends in a panic."""
    out = flow.going_on - loop.body
    return [flow.blocks[block] for block in sorted(loop.body) if not out.isdisjoint(flow.successors[block])]


def certain(flow: Flow, loop: Loop) -> set[Block]:
    """Find the blocks that every iteration of a loop goes through, before anything in it can panic."""
    above = flow.dominators()
    reached = {after for block in loop.body for after in flow.successors[block]}
    panics = reached - flow.going_on
    ways = (*loop.latches, *panics)
    return {flow.blocks[block] for block in loop.body if all(dominates(above, block, end) for end in ways)}


def _body(flow: Flow, header: int, latches: list[int]) -> set[int]:
    body, todo = {header, *latches}, [latch for latch in latches if latch != header]
    while todo:
        for before in flow.predecessors[todo.pop()]:
            if before not in body:
                body.add(before)
                todo.append(before)
    return body


def dominates(above: dict[int, int], upper: int, lower: int) -> bool:
    """Tell whether every way to one block goes through another, or through itself."""
    while lower not in (upper, 0):
        lower = above[lower]
    return lower == upper


def _meet(above: dict[int, int], rank: dict[int, int], left: int, right: int) -> int:
    while left != right:
        while rank[left] > rank[right]:
            left = above[left]
        while rank[right] > rank[left]:
            right = above[right]
    return left
