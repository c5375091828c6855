"""Statements on references that are chosen between and kept, on tables of constants, and on hash tables."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from fuzz.calls import resulting
from fuzz.numbers import float_, integer, test
from fuzz.scope import LEAST, Sequence, Shape, statement
from fuzz.tree import Kind, Node

if TYPE_CHECKING:
    from fuzz.flow import Body
    from fuzz.scope import Choices, Scope

_MAP = (
    "std::collections::HashMap<usize, {value}, std::hash::BuildHasherDefault<std::hash::DefaultHasher>> "
    "= Default::default();"
)


class _Test(enum.Enum):
    """Where a condition stands in what is done with a map, between the first float and the last."""

    NOTHING = enum.auto()
    FILLING = enum.auto()
    AFTERWARDS = enum.auto()


_MAPS = (
    (
        "F",
        "for i in 0..{n} {{ let v: F = $; *t.entry(i * 3 % 7).or_insert(0.5) += v; }}\n"
        "(0..7).map(|i| t.get(&i).map_or(0.3, |&v| $)).sum::<F>()",
        _Test.NOTHING,
        "v",
    ),
    (
        "F",
        "for i in 0..{n} {{ t.insert(i, $); if i > 4 && $ {{ t.remove(&(i - 3)); }} }}\n"
        "for i in 0..{n} {{ if let Some(v) = t.get_mut(&i) {{ *v *= 0.5; }} }}\n"
        "(0..{n}).filter_map(|i| t.remove(&i)).map(|v| $).sum::<F>()",
        _Test.FILLING,
        "v",
    ),
    (
        "(usize, F)",
        "for i in 0..{n} {{ t.insert(i * i, (i, $)); }}\n"
        "let z = if $ {{ 0.4 }} else {{ t.len() as F * 0.1 }};\n"
        "t.values().map(|&(i, v)| v * (i % 3) as F).sum::<F>() * z + ($)",
        _Test.AFTERWARDS,
        "",
    ),
    (
        "Vec<F>",
        "for i in 0..{n} {{ let v: F = $; t.entry(i % 3).or_default().push(v); if $ {{ t.remove(&2); }} }}\n"
        "(0..3).map(|i| t.get(&i).map_or(0.2, |w| w.iter().map(|&v| $).sum::<F>())).sum::<F>()",
        _Test.FILLING,
        "v",
    ),
)


def _read(scope: Scope, *floats: str) -> Scope:
    inside = scope.reading()
    inside.floats += [*floats] * 2
    return inside


def table(choices: Choices, scope: Scope, _: Body) -> Node:
    """Define a table of constants, some of them zero."""
    name, size = choices.name("W"), LEAST + choices.below(4)
    values = ", ".join("0.0" if choices.chance(0.2) else choices.literal() for _ in range(size))
    choices.items.append(Node(Kind.ITEM, f"pub static {name}: [F; {size}] = [{values}];"))
    scope.sequences.append(Sequence(name, Shape.ARRAY, mutable=False))
    return statement("")


def chosen(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Choose a slice at run time, and read it."""
    slices = [one.name for one in scope.sequences if one.is_slice]
    if not slices:
        return None
    first, second = choices.random.choice(slices), choices.random.choice(slices)
    text = f"{{ let w: &[F] = if $ {{ &{first}[..] }} else {{ &{second}[1..] }}; w.iter().map(|&v| $).sum::<F>() }}"
    return resulting(choices, scope, text, test(choices, scope), float_(choices, _read(scope, "v")))


def kept(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Keep slices in structures, and read them there."""
    slices = [one.name for one in scope.sequences if one.is_slice]
    if not slices:
        return None
    name, keeping = choices.name("K"), choices.name("h")
    inlining = choices.random.choice(("#[inline(never)]\n", ""))
    choices.items.append(
        Node(
            Kind.ITEM,
            f"pub struct {name}<'a> {{ w: &'a [F], k: F, n: usize }}\n{inlining}"
            f"pub fn {keeping}<'a>(t: &mut Vec<{name}<'a>>, w: &'a [F], k: F, n: usize) {{\n"
            f"t.push({name} {{ w, k, n }});\n}}",
        )
    )
    first, second = choices.random.choice(slices), choices.random.choice(slices)
    inside = _read(scope)
    inside.integers.append("i")
    text = (
        f"{{ let mut t: Vec<{name}> = Vec::new();\n"
        f"for i in 0..{3 + choices.below(5)} {{ if $ {{ {keeping}(&mut t, &{first}[..], $, i); }} "
        f"else {{ t.push({name} {{ w: &{second}[..], k: $, n: $ }}); }} }}\n"
        "t.iter().map(|t| t.k * t.w.iter().map(|&v| $).sum::<F>() + t.w[t.n % t.w.len()]).sum::<F>() }"
    )
    parts = test(choices, inside), float_(choices, inside), float_(choices, inside), integer(choices, inside, 1)
    return resulting(choices, scope, text, *parts, float_(choices, _read(scope, "v")))


def hash_map(choices: Choices, scope: Scope, _: Body) -> Node:
    """Fill a hash map, take from it and read it."""
    value, text, tested, read = choices.random.choice(_MAPS)
    inside = _read(scope)
    inside.integers.append("i")
    made = f"{{ let mut t: {_MAP.format(value=value)}\n{text.format(n=4 + choices.below(20))} }}"
    parts: list[Node] = [float_(choices, inside, 1)]
    if tested is not _Test.NOTHING:
        parts.append(test(choices, inside if tested is _Test.FILLING else _read(scope)))
    return resulting(choices, scope, made, *parts, float_(choices, _read(scope, *read)))


PRODUCTIONS = (
    (table, 3),
    (chosen, 3),
    (kept, 2),
    (hash_map, 1),
)
