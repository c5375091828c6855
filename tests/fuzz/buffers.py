"""Functions of arrays of a known size, which others fill, copy and overwrite: no loop, and nothing that can panic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.numbers import float_
from fuzz.scope import Scope, statement
from fuzz.tree import Block, Kind, Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fuzz.scope import Choices

_INLINING = ("#[inline(never)]\n", "#[inline(never)]\n", "")
# parameters, body, and how it is called
_HELPERS = (
    (
        "(w: &mut [F; 4], p: F, q: F)",
        "for i in 0..4 {{ let v = i as F; w[i] = ($).sin() + 0.2 * v * p; }}",
        "{h}(&mut {w}, $, $);",
    ),
    ("(w: &mut [F; 4], p: F, q: F)", "for i in 0..4 {{ w[i] += ($).sin(); }}", "{h}(&mut {w}, $, $);"),
    (
        "(w: &mut [F; 4], s: &[F; 4], p: F, q: F)",
        "for i in 0..4 {{ w[i] = s[(i + 1) % 4] * s[i] + ($).cos(); }}",
        "{h}(&mut {w}, &{s}, $, $);",
    ),
    (
        "(w: &mut [F; 4], p: F, q: F) -> F",
        "w[0] = $; w[1] = p * q; w[2] = $; w[3] = q;\nlet k = (q.abs() * 3.0) as usize;\n"
        "w[k & 3] * ($) + w[(k + 1) & 3]",
        "t += ({h}(&mut {w}, $, $)).sin();",
    ),
    (
        "(mut w: [F; 4], p: F, q: F) -> F",
        "w[0] = $; w[1] *= p * q; w[2] = $; w[3] += q;\nlet k = (q.abs() * 3.0) as usize;\n"
        "w[k & 3] * ($) + w[(k + 1) & 3]",
        "t += ({h}({w}, $, $)).sin();",
    ),
    ("(p: F, q: F) -> F", "$", "{w}[{k}] = {h}($, $);"),
    ("(p: F, q: F) -> F", "($) * ($)", "t += {h}($, $);"),
    ("(p: F, q: F) -> [F; 4]", "[$, p, $, p * q]", "{w} = {h}($, $);"),
    (
        "(w: &[F; 4], p: F, q: F) -> F",
        "let mut y = q; for i in 0..4 {{ y = (y * w[i] + p).sin(); }} y",
        "t += {h}(&{w}, $, $);",
    ),
    (
        "(w: &mut [F; 4], s: &mut [F; 4], p: F, q: F)",
        "for i in 0..4 {{ let v = w[i]; w[i] = s[i] * p; s[3 - i] = v * q; }}",
        "{h}(&mut {w}, &mut {s}, $, $);",
    ),
)
_LARGE = "let mut y = p; {turns}\nlet p = 0.5 * p + 0.5 * y;\n"
_STEPS = (
    "{w}[{k}] = $;",
    "{w}[{k}] += 0.5 * ($);",
    "let mut {new} = {w};",
    "{w} = {s};",
    "std::mem::swap(&mut {w}, &mut {s});",
    "t += {w}[{k}];",
    "t += {w}[{k}] * {s}[{k}];",
    "t += {w}[{k}] + 3.0 * {w}[{l}] + {s}[{k}];",
    "{w}[1..].copy_from_slice(&{s}[..3]);",
    "{w}.reverse();",
    "let {new} = {w}[{k}]; {s}[{l}] = {new};",
    "{w}.rotate_left(1);",
)
_INDICES = ("0", "1", "2", "3", "n & 3", "(n + 1) & 3", "(n + 2) & 3")


def straight(choices: Choices) -> Block:
    """Make the statements of a function of the slice `x`, which ends with `t`."""
    arrays = ["w", "s"]
    floats = ["a", "b", "c"]
    lines = [
        statement("let (a, b, c, n) = (x[0], x[1], x[2], x.len());"),
        statement("let mut t: F = 0.3;"),
        statement("let (mut w, mut s) = ([0.0 as F; 4], [0.7 as F, a, 1.3, b]);"),
    ]
    helpers = [_helper(choices) for _ in range(1 + choices.below(3))]
    for _ in range(4 + choices.below(7)):
        new = choices.name("z") if choices.chance(0.5) else ""
        text = choices.random.choice(helpers) if choices.chance(0.45) else choices.random.choice(_STEPS)
        w, s = choices.random.sample(arrays, 2)
        indices = {letter: choices.random.choice(_INDICES) for letter in "kl"}
        made = text.format(w=w, s=s, new=new or "z0", **indices)
        lines.append(statement(made, *(float_(choices, Scope(floats=floats), 1) for _ in range(made.count("$")))))
        if "let mut {new}" in text and new:
            arrays.append(new)
    return Block(tuple(lines))


def _helper(choices: Choices) -> str:
    """Define a function; give how it is called."""
    signature, text, call = choices.random.choice(_HELPERS)
    name = choices.name("h")
    turns = "y = 0.5 - 0.3 * y * y; " * choices.random.choice((0, 0, 8, 16, 24))
    text = (_LARGE.format(turns=turns) if turns else "") + text.format()
    head = f"{choices.random.choice(_INLINING)}pub fn {name}{signature}"
    choices.items.append(Node(Kind.ITEM, f"{head} {{\n{text}\n}}", tuple(_numbers(choices, text))))
    return call.replace("{h}", name)


def _numbers(choices: Choices, text: str) -> Iterator[Node]:
    for _ in range(text.count("$")):
        yield float_(choices, Scope(floats=["p", "q"]))
