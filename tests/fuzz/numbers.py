"""Expressions: floats of moderate size, indices that are in bounds, and conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.scope import LEAST, Shape, condition, number, whole

if TYPE_CHECKING:
    from fuzz.scope import Choices, Scope, Sequence
    from fuzz.tree import Node

_UNARY = (
    "($).sin()",
    "($).cos()",
    "($).tanh()",
    "($).atan()",
    "(1.0 + $ * 0.1).powi(2)",
    "(1.0 + ($).powi(2)).sqrt()",
    "(1.0 + ($).powi(2)).ln()",
    "($).tanh().exp()",
    "($).abs()",
    "-($)",
    "1.0 / (1.5 + ($).sin())",
    "(0.2 + ($).abs()).powf(1.3)",
    "(0.1 + ($).powi(2)).cbrt()",
    "F::from_bits(($).to_bits())",
    "($).clamp(-0.8, 1.4)",
    "($).fract()",
    "($).atan().sinh().tanh()",
    "($).mul_add(0.5, 0.25)",
)
_BINARY = (
    *("($ + $)", "($ - $)", "($ * $)") * 4,
    "($) / (1.0 + ($).powi(2))",
    "($).max($)",
    "($).min($)",
    "($).hypot(0.5 + ($).powi(2))",
    "($).atan2(1.5 + ($).cos())",
    "($).copysign($)",
    "(0.5 + ($).powi(2)).powf(($).sin())",
)
# what a variable becomes; most keep it of moderate size however often it happens
_UPDATES = (
    "$ = 0.7 * $ + 0.3 * ($).sin();",
    "$ = ($ + 0.4 * $).tanh();",
    "$ = $ * ($).cos();",
    "$ = 0.5 * $ - 0.2 * $;",
    "$ = 0.9 * ($ + $).sin();",
    "$ = $ / (1.0 + ($).powi(2)) + 0.1;",
)
_COMPOUND = (
    "$ += 0.1 * ($);",
    "$ += 0.3 * ($).sin();",
    "$ *= ($).cos();",
    "$ -= 0.2 * ($).tanh();",
    "$ *= 0.5 + 0.5 * ($).sin();",
    "$ /= 1.5 + ($).sin();",
)


def index(choices: Choices, scope: Scope, sequence: Sequence) -> Node:
    """Choose an index that is in bounds."""
    name = sequence.name
    match choices.below(6):
        case 0:
            return whole(str(choices.below(LEAST)))
        case 1:
            return whole(f"({name}.len() - 1 - $ % {name}.len())", integer(choices, scope, 1))
        case 2:
            return whole(f"({name}.len() - {1 + choices.below(LEAST)})")
        case _:
            return whole(f"($ % {name}.len())", integer(choices, scope, 1))


def integer(choices: Choices, scope: Scope, depth: int) -> Node:
    """Choose a small whole number."""
    match choices.below(6) if depth else 5:
        case 0:
            return whole(f"($ + {1 + choices.below(4)})", integer(choices, scope, depth - 1))
        case 1:
            return whole(f"($ * {2 + choices.below(4)} + 1)", integer(choices, scope, depth - 1))
        case 2:
            return whole("($ + $)", integer(choices, scope, depth - 1), integer(choices, scope, depth - 1))
        case 3 if choices.chance(0.3):
            return whole("((($).abs() * 3.0) as usize)", leaf(choices, scope))
        case _ if scope.integers and choices.chance(0.8):
            return whole(choices.random.choice(scope.integers))
        case _:
            return whole(str(choices.below(7)))


def element(choices: Choices, scope: Scope, sequence: Sequence) -> Node:
    """Read one element."""
    return number(f"{sequence.name}[$]", index(choices, scope, sequence))


def leaf(choices: Choices, scope: Scope) -> Node:
    """Read a variable, an element, or write a number down."""
    if scope.sequences and choices.chance(0.5):
        return element(choices, scope, choices.random.choice(scope.sequences))
    if scope.records and choices.chance(0.3):
        records = choices.random.choice(scope.records)
        place = choices.random.choice(records.structure.floats("$"))
        at = whole(f"($ % {records.name}.len())", integer(choices, scope, 1))
        return number(f"{records.name}[$]{place[1:]}", at)
    if scope.floats and choices.chance(0.85):
        return number(choices.random.choice(scope.floats))
    if scope.integers and choices.chance(0.3):
        return number("($ as F * 0.1)", integer(choices, scope, 1))
    return number(choices.literal())


def float_(choices: Choices, scope: Scope, depth: int = 2) -> Node:
    """Make an expression."""
    if depth == 0 or choices.chance(0.15):
        return leaf(choices, scope)
    if choices.chance(0.35):
        return number(choices.random.choice(_UNARY), float_(choices, scope, depth - 1))
    if choices.chance(0.12):
        return _chosen(choices, scope, depth)
    text = choices.random.choice(_BINARY)
    return number(text, float_(choices, scope, depth - 1), float_(choices, scope, depth - 1))


def _chosen(choices: Choices, scope: Scope, depth: int) -> Node:
    """Choose at run time: `if`, or a `match` on a whole number."""
    first, second = float_(choices, scope, depth - 1), float_(choices, scope, depth - 1)
    if choices.chance(0.6):
        return number("(if $ { $ } else { $ })", test(choices, scope), first, second)
    third = float_(choices, scope, depth - 1)
    return number("(match $ % 4 { 0 => $, 1 | 2 => $, _ => $ })", integer(choices, scope, 1), first, second, third)


def test(choices: Choices, scope: Scope) -> Node:
    """Make a condition, on whole numbers more often than on floats."""
    match choices.below(7):
        case 0 | 1 | 2:
            modulus = 2 + choices.below(3)
            text = f"$ % {modulus} {choices.random.choice(('==', '!='))} {choices.below(modulus)}"
            return condition(text, integer(choices, scope, 1))
        case 3:
            return condition("$ < $", integer(choices, scope, 1), integer(choices, scope, 1))
        case 4:
            return condition("($ && $)", test(choices, scope), test(choices, scope))
        case 5:
            return condition("$ > $", leaf(choices, scope), number(choices.literal()))
        case _:
            return condition("$ < $", leaf(choices, scope), leaf(choices, scope))


def place(choices: Choices, scope: Scope) -> tuple[Node, Node | None] | None:
    """Choose something that can be assigned to; where it is an element, with its index, which the place calls `j`."""
    sequences = [sequence for sequence in scope.sequences if sequence.mutable]
    ways = ["element"] * 3 * bool(sequences) + ["variable"] * 2 * bool(scope.changing) + ["field"] * bool(scope.records)
    if not ways:
        return None
    match choices.random.choice(ways):
        case "element":
            sequence = choices.random.choice(sequences)
            return number(f"{sequence.name}[j]"), index(choices, scope, sequence)
        case "variable":
            return number(choices.random.choice(scope.changing)), None
        case _:
            records = choices.random.choice(scope.records)
            inside = choices.random.choice(records.structure.floats("$"))
            at = whole(f"($ % {records.name}.len())", integer(choices, scope, 1))
            return number(f"{records.name}[j]{inside[1:]}"), at


def update(choices: Choices, target: Node, *operands: Node) -> tuple[str, tuple[Node, ...]]:
    """Give the text of an assignment to a place, with the parts for its holes."""
    if choices.chance(0.5):
        return choices.random.choice(_COMPOUND), (target, operands[0])
    text = choices.random.choice(_UPDATES)
    return text, (target, target, operands[0])


def total(scope: Scope) -> list[Node]:
    """Make one float of each variable, with different weights for the elements of one sequence."""
    made = [number(f"0.5 * {name}") for name in scope.changing]
    for sequence in scope.sequences:
        if sequence.mutable and sequence.shape is not Shape.SLICE:
            weighted = "enumerate().map(|(i, v)| (1 + i % 5) as F * (0.3 * v).sin()).sum::<F>()"
            made.append(number(f"{sequence.name}.iter().{weighted}"))
    for records in scope.records:
        inside = " + ".join(
            f"{1 + i} as F * (0.3 * {name}).sin()" for i, name in enumerate(records.structure.floats("v"))
        )
        made.append(number(f"{records.name}.iter().enumerate().map(|(i, v)| (1 + i % 3) as F * ({inside})).sum::<F>()"))
    return made
