"""Statements on sequences: making them, moving their elements, growing and shrinking, chains of iterators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.numbers import float_, integer
from fuzz.scope import LEAST, Sequence, Shape, statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fuzz.flow import Body
    from fuzz.scope import Choices, Scope
    from fuzz.tree import Node


def _one_of(choices: Choices, scope: Scope, shapes: Iterable[Shape], *, mutable: bool = True) -> Sequence | None:
    wanted = set(shapes)
    found = [one for one in scope.sequences if one.shape in wanted and (one.mutable or not mutable)]
    return choices.random.choice(found) if found else None


_SLICES = (Shape.SLICE, Shape.ARRAY, Shape.VEC)


def make_array(choices: Choices, scope: Scope, _: Body) -> Node:
    """Make an array."""
    name, size = choices.name("u"), LEAST + choices.below(4)
    scope_before = scope.inner()
    match choices.below(3):
        case 0:
            parts = [float_(choices, scope_before, 1) for _ in range(size)]
            made = statement(f"let mut {name}: [F; {size}] = [{', '.join('$' * size)}];", *parts)
        case 1:
            made = statement(f"let mut {name}: [F; {size}] = [0.0; {size}];")
        case _:
            made = statement(f"let mut {name} = [$; {size}];", float_(choices, scope_before, 1))
    scope.sequences.append(Sequence(name, Shape.ARRAY))
    return made


def make_vec(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Make a Vec or a VecDeque out of nothing or out of another sequence."""
    name = choices.name("u")
    if not scope.sequences:
        return None
    other = choices.random.choice(scope.sequences).name
    shape = Shape.DEQUE if choices.chance(0.2) else Shape.VEC
    collection = {Shape.VEC: "Vec<F>", Shape.DEQUE: "std::collections::VecDeque<F>"}[shape]
    reading = scope.reading()
    reading.floats += ["v", "v"]
    reading.integers.append("i")
    match choices.below(4):
        case 0 if shape is Shape.VEC:
            made = statement(
                f"let mut {name}: Vec<F> = vec![$; {LEAST + choices.below(5)}];", float_(choices, scope, 1)
            )
        case 1:
            made = statement(f"let mut {name}: {collection} = {other}.iter().copied().collect();")
        case 2:
            made = statement(
                f"let mut {name}: {collection} = (0..{LEAST + choices.below(4)}).map(|i| $).collect();",
                float_(choices, _with(scope.reading(), "i")),
            )
        case _:
            made = statement(
                f"let mut {name}: {collection} = {other}.iter().enumerate().map(|(i, &v)| $).collect();",
                float_(choices, reading),
            )
    scope.sequences.append(Sequence(name, shape))
    return made


def _with(scope: Scope, integer_name: str) -> Scope:
    scope.integers.append(integer_name)
    return scope


_MOVES = (
    "{{ let n = {u}.len(); let (j, k) = ($ % n, $ % n); {u}.swap(j, k); }}",
    "{{ let n = {u}.len(); let (j, k) = ($ % n, $ % n); let t = {u}[j]; {u}[j] = {u}[k]; {u}[k] = t; }}",
)
_SLICE_MOVES = (
    "{u}.reverse();",
    "{u}.rotate_left({k});",
    "{u}.rotate_right({k});",
    "{{ let n = {u}.len(); {u}.copy_within(..n - {k}, {k}); }}",
    "{u}.copy_within({k}.., 0);",
    "{{ let n = {u}.len(); {u}[{k}..n - 1].reverse(); }}",
    "{u}[1..].rotate_left({k});",
    "{u}.sort_by(|a, b| a.partial_cmp(b).unwrap());",
    "{u}.sort_unstable_by(|a, b| b.partial_cmp(a).unwrap());",
    "{{ let (l, r) = {u}.split_at_mut({k}); l[0] += 0.3 * r[0]; r[0] *= l[{k} - 1]; "
    "std::mem::swap(&mut l[0], &mut r[0]); }}",
    "if let [first, .., last] = &mut {u}[..] {{ std::mem::swap(first, last); *first *= 0.5 + *last; }}",
    "if let [first, second, ..] = {u}[..] {{ {u}[0] = second; {u}[1] = first * 0.5; }}",
    "for k in (1..{u}.len()).rev() {{ {u}.swap(k, k - 1); }}",
    "for k in 0..{u}.len() - 1 {{ if {u}[k] > {u}[k + 1] {{ {u}.swap(k, k + 1); }} }}",
    "for k in 1..{u}.len() {{ {u}[k] = {u}[k - 1]; {u}[k - 1] *= 0.5; }}",
    "{{ let t = {u}[0]; for k in 1..{u}.len() {{ {u}[k - 1] = {u}[k]; }} let n = {u}.len(); {u}[n - 1] = t; }}",
)
_ANY_FILLS = (
    "{{ let t: F = $; for v in {u}.iter_mut().take({k}) {{ *v = t; }} }}",
    "{{ let t: F = std::mem::take(&mut {u}[{k}]); {u}[0] += 0.4 * t * ($); }}",
    "{{ let t: F = $; let t = std::mem::replace(&mut {u}[{k}], t); {u}[0] = 0.6 * {u}[0] + 0.3 * t; }}",
)
_SLICE_FILLS = (
    "{{ let t: F = $; {u}[{k}..].fill(t); }}",
    "{{ let t: F = $; {u}.iter_mut().for_each(|v| *v = 0.8 * *v + 0.1 * t); }}",
)


def move(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Move elements within one sequence."""
    sequence = _one_of(choices, scope, Shape)
    if sequence is None:
        return None
    text = choices.random.choice((*_MOVES, *_SLICE_MOVES, *_SLICE_MOVES) if sequence.is_slice else _MOVES)
    text = text.format(u=sequence.name, k=1 + choices.below(LEAST - 1))
    return statement(text, *(integer(choices, scope, 1) for _ in range(text.count("$"))))


def fill(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Overwrite elements, and perhaps use what was there."""
    sequence = _one_of(choices, scope, Shape)
    if sequence is None:
        return None
    text = choices.random.choice((*_ANY_FILLS, *_SLICE_FILLS) if sequence.is_slice else _ANY_FILLS)
    return statement(text.format(u=sequence.name, k=1 + choices.below(LEAST - 1)), float_(choices, scope))


_PAIRS = (
    "{{ let n = {u}.len().min({w}.len()); {u}[..n].copy_from_slice(&{w}[..n]); }}",
    "{{ let n = {u}.len().min({w}.len()); {u}[..n].clone_from_slice(&{w}[{w}.len() - n..]); }}",
    "for (a, b) in {u}.iter_mut().zip({w}.iter().skip({k})) {{ *a = 0.5 * *a + 0.3 * b * b; }}",
    "for (a, b) in {u}.iter_mut().rev().zip({w}.iter()) {{ *a *= b; }}",
    "for k in 0..{u}.len() {{ {u}[k] += 0.2 * {w}[(k * 3 + {k}) % {w}.len()]; }}",
)
_MUTABLE_PAIRS = (
    "for (a, b) in {u}.iter_mut().zip({w}.iter_mut()) {{ std::mem::swap(a, b); *a *= 0.9; }}",
    "{{ let n = {u}.len().min({w}.len()); {u}[..n].swap_with_slice(&mut {w}[..n]); }}",
    "for k in 0..{u}.len().min({w}.len()) {{ {u}[k] *= {w}[k]; {w}[k] = 0.5 * {u}[k] + 0.1; }}",
)
_VEC_PAIRS = (
    "std::mem::swap(&mut {u}, &mut {w});",
    "if {u}.len() < 12 {{ {u}.extend_from_slice(&{w}[..{k}]); }}",
    "if {u}.len() < 12 {{ {u}.extend({w}.iter().map(|v| v * 0.5).take({k})); }}",
    "{u} = {w}.clone();",
    "if {u}.len() < 12 && {w}.len() > 5 {{ {u}.append(&mut {w}.split_off({w}.len() - 2)); }}",
)


def pair(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Copy or exchange between two sequences."""
    target = _one_of(choices, scope, _SLICES)
    others = [one for one in scope.sequences if target and one.name != target.name and one.is_slice]
    if target is None or not others:
        return None
    other = choices.random.choice(others)
    texts = list(_PAIRS)
    if other.mutable:
        texts += _MUTABLE_PAIRS
    if target.shape is other.shape is Shape.VEC and other.mutable:
        texts += _VEC_PAIRS * 2
    text = choices.random.choice(texts)
    return statement(text.format(u=target.name, w=other.name, k=1 + choices.below(2)))


_GROWING = (
    "if {u}.len() < 12 {{ let t = $; {u}.push(t); }}",
    "if {u}.len() < 12 {{ let (t, n) = ($, {u}.len()); {u}.insert({k}.min(n), t); }}",
    "if {u}.len() < 9 {{ {u}.extend([$, 0.5]); }}",
    "{{ let t = $; {u}.resize({k} + 3, t); }}",
)
_SHRINKING = (
    "if {u}.len() > 3 {{ {a} += 0.3 * {u}.remove({k}); }}",
    "if {u}.len() > 3 {{ if let Some(t) = {u}.pop() {{ {a} *= 0.5 + t * t; }} }}",
    "if {u}.len() > 3 {{ {a} -= 0.3 * {u}.swap_remove({k}); }}",
    "{u}.truncate(4);",
    "if {u}.iter().filter(|v| **v > 0.4).count() > 2 {{ {u}.retain(|v| *v > 0.4); }}",
    "if {u}.len() > 4 {{ {a} += {u}.drain(1..3).map(|t| t * t).sum::<F>() * 0.2; }}",
    "{u}.dedup_by(|a, b| *a > *b + 9.0);",
)
_DEQUE = (
    "if {u}.len() < 12 {{ {u}.push_back($); }}",
    "if {u}.len() < 12 {{ {u}.push_front($); }}",
    "if {u}.len() > 3 {{ if let Some(t) = {u}.pop_front() {{ {u}[0] += t * ($); }} }}",
    "if let Some(t) = {u}.pop_back() {{ {u}.push_front(t * 0.9 + 0.05 * ($)); }}",
    "{{ {u}.rotate_left({k}); {u}[0] *= 0.5 + 0.2 * ($); }}",
    "{{ let t: F = $; for v in {u}.iter_mut() {{ *v = (*v + t).sin(); }} }}",
)


def resize(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Grow or shrink a Vec or a VecDeque."""
    sequence = _one_of(choices, scope, (Shape.VEC, Shape.DEQUE))
    if sequence is None:
        return None
    k = choices.below(LEAST)
    if sequence.shape is Shape.DEQUE:
        text = choices.random.choice(_DEQUE).format(u=sequence.name, k=k)
        return statement(text, float_(choices, scope.without(sequence.name)))
    variables = [name for name in scope.changing if name.isidentifier()]
    if variables and choices.chance(0.5):
        text = choices.random.choice(_SHRINKING)
        return statement(text.format(u=sequence.name, k=k, a=choices.random.choice(variables)))
    text = choices.random.choice(_GROWING).format(u=sequence.name, k=k)
    return statement(text, float_(choices, scope))


_CHAINS = (
    ("{u}.iter().map(|&v| $).sum::<F>()", "v"),
    ("{u}.iter().zip({w}.iter()).map(|(&v, &z)| $).sum::<F>()", "vz"),
    ("{u}.iter().fold(0.3, |v: F, &z| $ * 0.5)", "vz"),
    ("{u}.iter().rev().enumerate().fold(0.1, |v: F, (i, &z)| v * 0.5 + $)", "vzi"),
    ("{u}.iter().scan(0.2, |s: &mut F, &v| {{ *s = 0.5 * *s + ($).sin(); Some(*s * v) }}).sum::<F>()", "v"),
    ("{u}.iter().skip(1).step_by(2).map(|&v| $).product::<F>().tanh()", "v"),
    ("{u}.iter().filter(|v| **v > 0.45).map(|&v| $).sum::<F>()", "v"),
    ("{u}.iter().filter_map(|&v| if v > 0.5 {{ Some($) }} else {{ None }}).sum::<F>()", "v"),
    ("{u}.iter().flat_map(|&v| [$, v * v]).sum::<F>()", "v"),
    ("{u}.iter().chain({w}.iter()).map(|&v| $).sum::<F>()", "v"),
    ("{u}.iter().copied().fold(F::NEG_INFINITY, F::max) + ($)", ""),
    ("{u}.iter().copied().map(|v| $).min_by(|a, b| a.partial_cmp(b).unwrap()).unwrap_or(0.0)", "v"),
    ("{u}.iter().copied().take_while(|v| *v < 0.9).map(|v| $).sum::<F>()", "v"),
    ("{u}.iter().skip_while(|v| **v > 0.7).map(|&v| $).sum::<F>()", "v"),
    ("{u}.iter().map(|&v| $).collect::<Vec<F>>().iter().rev().zip({w}.iter()).map(|(a, b)| a * b).sum::<F>()", "v"),
    ("{u}.iter().copied().reduce(|v, z| $ * 0.7).unwrap_or(0.4)", "vz"),
    ("{u}.iter().map(|&v| ($, v)).map(|(p, q)| p * q).sum::<F>()", "v"),
    ("{u}.iter().map(|&v| if v > 0.6 {{ Some($) }} else {{ None }}).map(|o| o.unwrap_or(0.3)).sum::<F>()", "v"),
    ("{u}.iter().position(|v| *v > 0.7).map_or(0.2, |i| {u}[i] * ($))", ""),
    (
        "{u}.iter().try_fold(0.2, |v: F, &z| {{ let t: F = $; "
        "if t > 3.0 {{ None }} else {{ Some(0.5 * v + t.sin()) }} }}).unwrap_or(0.7)",
        "vz",
    ),
    ("{u}.iter().cycle().take(9).map(|&v| $).sum::<F>()", "v"),
    ("{u}.iter().inspect(|_| ()).peekable().map(|&v| $).last().unwrap_or(0.1)", "v"),
)
_SLICE_CHAINS = (
    ("{u}.windows(2).map(|t| {{ let (v, z) = (t[0], t[1]); $ }}).sum::<F>()", "vz"),
    ("{u}.chunks(2).map(|t| {{ let v = t.iter().sum::<F>(); $ }}).sum::<F>()", "v"),
    ("{u}.chunks_exact(3).map(|t| {{ let (v, z) = (t[0] * t[2], t[1]); $ }}).sum::<F>()", "vz"),
    ("{u}.split_first().map_or(0.0, |(&v, rest)| rest.iter().map(|&z| $).sum::<F>())", "vz"),
    ("{u}.rchunks(2).map(|t| {{ let v = t[0]; $ }}).sum::<F>()", "v"),
)


def chain(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Make a float with a chain of iterators."""
    if not scope.sequences:
        return None
    first, second = choices.random.choice(scope.sequences), choices.random.choice(scope.sequences)
    text, names = choices.random.choice((*_CHAINS, *_SLICE_CHAINS) if first.is_slice else _CHAINS)
    inside = scope.reading()
    for name in names:
        (inside.integers if name == "i" else inside.floats).extend([name] * 2)
    name = choices.name("a")
    made = statement(f"let mut {name}: F = {text.format(u=first.name, w=second.name)};", float_(choices, inside))
    scope.floats.append(name)
    scope.changing.append(name)
    return made


PRODUCTIONS = (
    (make_array, 4),
    (make_vec, 5),
    (move, 8),
    (fill, 4),
    (pair, 5),
    (resize, 6),
    (chain, 8),
)
