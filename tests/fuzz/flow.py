"""Statements that assign, loop, branch and leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.numbers import float_, integer, leaf, place, test, update
from fuzz.scope import LEAST, statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from fuzz.scope import Choices, Scope
    from fuzz.tree import Block, Node

    Body = Callable[[Choices, Scope, int], Block]
    Production = Callable[[Choices, Scope, Body], Node | None]


def declare(choices: Choices, scope: Scope, _: Body) -> Node:
    """Make a new float."""
    name = choices.name("a")
    made = statement(f"let mut {name}: F = $;", float_(choices, scope))
    scope.floats.append(name)
    scope.changing.append(name)
    return made


def count(choices: Choices, scope: Scope, _: Body) -> Node:
    """Make a new whole number, that may depend on floats."""
    name = choices.name("k")
    made = statement(f"let {name}: usize = $;", integer(choices, scope, 2))
    scope.integers.append(name)
    return made


def assign(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Change a variable or an element."""
    chosen = place(choices, scope)
    if chosen is None:
        return None
    target, at = chosen
    text, parts = update(choices, target, float_(choices, scope))
    return statement(text, *parts) if at is None else statement(f"{{ let j = $; {text} }}", at, *parts)


def in_place(choices: Choices, scope: Scope, body: Body) -> Node | None:
    """Loop over a sequence, and read what earlier or later iterations write."""
    sequences = [sequence for sequence in scope.sequences if sequence.mutable]
    if not sequences:
        return None
    name, i = choices.random.choice(sequences).name, choices.name("i")
    before, after = choices.below(3), choices.below(3)
    range_ = f"{before}..{name}.len() - {after}"
    if choices.includes_ends and choices.chance(0.3):
        range_ = f"{before}..={name}.len() - {after + 1}"
    head = _over(choices, i, range_)
    if choices.chance(0.2):
        head = f"for {i} in ({range_}).step_by({2 + choices.below(2)})"
    offsets = [*(f"{i} - {k}" for k in range(1, before + 1)), i, *(f"{i} + {k}" for k in range(1, after + 1))]
    inside = scope.fixing(name)
    inside.loops = (*scope.loops, "")
    inside.integers.append(i)
    inside.floats += [f"{name}[{offset}]" for offset in offsets] * 3
    inside.changing += [f"{name}[{offset}]" for offset in offsets] * 3
    first = assign(choices, inside, body)
    assert first is not None
    return statement(f"{head} {{\n$\n$\n}}", first, body(choices, inside, 2))


def _over(choices: Choices, i: str, range_: str) -> str:
    """Go over a range, or back."""
    return f"for {i} in ({range_}).rev()" if choices.chance(0.35) else f"for {i} in {range_}"


def counted(choices: Choices, scope: Scope, body: Body) -> Node:
    """Loop a number of times, perhaps with a label."""
    i, label = choices.name("i"), choices.name("'l")
    ends: list[Node] = []
    if choices.includes_ends and choices.chance(0.4):
        ends = [integer(choices, scope, 2)]
        range_ = f"{choices.below(3)}..=$ % {2 + choices.below(5)}"
        head = _over(choices, i, range_)
    else:
        head = choices.random.choice(
            (f"for {i} in 0..{2 + choices.below(6)}", f"for {i} in (1..={1 + choices.below(6)}).rev()")
        )
    inside = scope.inner(loops=(*scope.loops, label), integers=[*scope.integers, i])
    return statement(f"{label}: {head} {{\n$\n}}", *ends, body(choices, inside, 4))


def conditional_loop(choices: Choices, scope: Scope, body: Body) -> Node:
    """Loop while something holds, a bounded number of times."""
    i, label = choices.name("n"), choices.name("'l")
    most = 4 + choices.below(5)
    inside = scope.inner(loops=(*scope.loops, label), integers=[*scope.integers, i])
    if choices.chance(0.5):
        head = f"{{\nlet mut {i} = 0;\n{label}: while {i} < {most} && ($) {{\n{i} += 1;\n$\n}}\n}}"
    else:
        head = f"{{\nlet mut {i} = 0;\n{label}: loop {{\nif {i} > {most} || ($) {{ break; }}\n{i} += 1;\n$\n}}\n}}"
    return statement(head, test(choices, scope), body(choices, inside, 3))


def branch(choices: Choices, scope: Scope, body: Body) -> Node:
    """Do one thing or another."""
    if choices.chance(0.25):
        arms = [body(choices, scope.inner(), 2) for _ in range(3)]
        return statement(
            "match $ % 3 {\n0 => {\n$\n}\n1 => {\n$\n}\n_ => {\n$\n}\n}", integer(choices, scope, 2), *arms
        )
    first = body(choices, scope.inner(), 3)
    if choices.chance(0.4):
        return statement("if $ {\n$\n}", test(choices, scope), first)
    return statement("if $ {\n$\n} else {\n$\n}", test(choices, scope), first, body(choices, scope.inner(), 3))


def leave(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Leave a loop, or the function, under a condition."""
    ways = []
    if scope.loops:
        labels = [label for label in scope.loops if label]
        ways += ["continue;", "break;"]
        ways += [f"{word} {label};" for label in labels for word in ("break", "continue")]
    if scope.returns and scope.depth:
        ways += [scope.returns]
    if not ways:
        return None
    way = choices.random.choice(ways)
    parts = (float_(choices, scope),) if "$" in way else ()
    return statement(f"if $ {{ {way} }}", test(choices, scope), *parts)


def block_value(choices: Choices, scope: Scope, body: Body) -> Node:
    """Make a float of a labelled block that can be left early."""
    name, label = choices.name("a"), choices.name("'b")
    inside = scope.inner(loops=())
    made = statement(
        f"let mut {name}: F = {label}: {{\n$\nif $ {{ break {label} $; }}\n$\n}};",
        body(choices, inside, 2),
        test(choices, inside),
        leaf(choices, inside),
        float_(choices, inside),
    )
    scope.floats.append(name)
    scope.changing.append(name)
    return made


def iterate(choices: Choices, scope: Scope, body: Body) -> Node | None:
    """Loop over a sequence's elements by reference."""
    sequences = [sequence for sequence in scope.sequences if sequence.mutable]
    if not sequences:
        return None
    sequence = choices.random.choice(sequences)
    v, i = choices.name("v"), choices.name("i")
    chain = choices.random.choice(("iter_mut()", "iter_mut().rev()", "iter_mut().skip(1)", "iter_mut().take(4)"))
    inside = scope.without(sequence.name)
    inside.loops = (*scope.loops, "")
    inside.integers.append(i)
    inside.floats += [f"(*{v})"] * 4
    inside.changing += [f"(*{v})"] * 4
    return statement(f"for ({i}, {v}) in {sequence.name}.{chain}.enumerate() {{\n$\n}}", body(choices, inside, 3))


def windows(choices: Choices, scope: Scope, body: Body) -> Node | None:
    """Loop over neighbours, or over parts that are changed."""
    sequences = [sequence for sequence in scope.sequences if sequence.is_slice]
    if not sequences:
        return None
    sequence = choices.random.choice(sequences)
    w, size = choices.name("w"), 2 + choices.below(LEAST - 1)
    inside = scope.without(sequence.name)
    inside.loops = (*scope.loops, "")
    changes = sequence.mutable and choices.chance(0.6)
    chunks = choices.random.choice((f"chunks_exact_mut({size})", f"rchunks_exact_mut({size})"))
    chain = chunks if changes else choices.random.choice((f"windows({size})", f"chunks_exact({size})"))
    elements = [f"{w}[{k}]" for k in range(size)]
    inside.floats += elements * 2
    inside.changing += elements * 2 if changes else []
    return statement(f"for {w} in {sequence.name}.{chain} {{\n$\n}}", body(choices, inside, 3))


PRODUCTIONS = (
    (declare, 8),
    (count, 3),
    (assign, 12),
    (in_place, 8),
    (counted, 6),
    (conditional_loop, 4),
    (branch, 6),
    (leave, 4),
    (block_value, 1),
    (iterate, 4),
    (windows, 4),
)
