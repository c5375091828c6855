"""Statements that choose elements in one loop, and go over what was chosen again and again in others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fuzz.calls import resulting
from fuzz.numbers import float_, integer, test
from fuzz.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fuzz.flow import Body
    from fuzz.scope import Choices
    from fuzz.tree import Node

_NUMBERS = (
    "let p: Vec<F> = {u}.iter().copied().filter(|&v| ?).map(|v| $).collect();",
    "let p: Vec<F> = {u}.iter().filter_map(|&v| if ? {{ Some($) }} else {{ None }}).collect();",
    "let mut p: Vec<F> = Vec::new(); for &v in {u}.iter() {{ if ? {{ p.push($); }} }}",
    "let mut p: Vec<F> = vec![0.3]; for &v in {u}.iter() {{ p.push($); if ? {{ p.pop(); }} else {{ p.push(v); }} }}",
    "let mut p: Vec<F> = {u}.to_vec(); p.retain(|&v| ?); p.push({u}[0]); let v = p[0]; p.push($);",
)
_ONE_BY_ONE = (
    "for v in {way} {{ let (v, z) = (*v, t); t = (0.6 * z + $).sin(); }}",
    "for v in {way} {{ let (v, z) = (*v, t); if ? {{ t = 0.5 * z + 0.3 * ($); }} }}",
    "for k in 0..p.len() {{ let (v, z) = (p[p.len() - 1 - k], t); t = z.cos() * 0.6 + 0.2 * ($); }}",
    "for v in {way} {{ for z in p.iter() {{ let (v, z) = (*v, 0.5 * *z * t); t = (z + $).sin(); }} }}",
    "let mut w = p.iter().rev(); while let Some(&v) = w.next() {{ let z = t; t = ($).tanh() + 0.5 * z * v; }}",
)
_WAYS = ("p.iter()", "p.iter().rev()", "p.iter().skip(1)", "p[..p.len() / 2].iter().rev()")
_COUNTED = (
    "let mut p: Vec<(F, usize)> = Vec::new();\n"
    "for (i, &v) in {u}.iter().enumerate() {{ if ? {{ p.push(($, (i + #) % 4)); }} }}",
    "let p: Vec<(F, usize)> = {u}.iter().enumerate().filter(|(_, &v)| ?).map(|(i, &v)| ($, (i + #) % 4)).collect();",
)
_COUNTED_PASSES = (
    "for (v, n) in &p {{ for _ in 0..*n {{ let (v, z) = (*v, t); t = (z * v + $).sin(); }} }}",
    "for (v, n) in p.iter().rev() {{ for i in 1..=*n {{ let (v, z) = (*v, t); t = 0.5 * z + 0.1 * i as F * ($); }} }}",
)
_NESTED = (
    "let mut p: Vec<Vec<F>> = Vec::new();\n"
    "for (i, &v) in {u}.iter().enumerate() {{ if ? {{ p.push(vec![$; (i + #) % 4]); }} }}",
    "let p: Vec<Vec<F>> = {u}.iter().enumerate().filter(|(_, &v)| ?)"
    ".map(|(i, &v)| (0..(i + #) % 4).map(|n| ($) * n as F).collect()).collect();",
    "let p: Vec<&[F]> = {u}.chunks(2).filter(|w| {{ let v = w[0]; ? }}).collect();",
    "let mut p: Vec<&[F]> = vec![&{u}[1..]]; for w in {u}.windows(2) {{ let v = w[1]; if ? {{ p.push(w); }} }}",
)
_NESTED_PASSES = (
    "for w in &p {{ for v in w.iter().rev() {{ let (v, z) = (*v, t); t = (z + $).sin(); }} }}",
    "for w in p.iter().rev() {{ t += w.iter().rev().map(|&v| v * 0.4).sum::<F>() * t.cos(); }}",
    "for w in p.iter() {{ for (k, &v) in w.iter().enumerate() {{ let z = t; t = 0.5 * z + 0.1 * k as F * ($); }} }}",
)
_LENGTHS = (
    "let mut n = 1usize; for (i, &v) in {u}.iter().enumerate() "
    "{{ if ? {{ n += 2; t += 0.1 * v; }} else if n > i {{ n -= 1; t *= 0.9; }} }}",
    "let mut n = 7usize; for (i, &v) in {u}.iter().enumerate() "
    "{{ if v > 0.9 && n > 3 {{ n = (i + #) % n; t = t.sin(); }} }}",
)
_LENGTH_PASSES = (
    "for i in 0..{k} {{ for k in i..n % 9 "
    "{{ let (v, z) = ({u}[(i + k) % {u}.len()], t); t = 0.4 * z + 0.2 * ($); }} }}",
    "for v in {u}[..n % {u}.len()].iter().rev() {{ for _ in 0..n % 5 {{ let (v, z) = (*v, t); t = (z + $).sin(); }} }}",
)
_KINDS = (
    (_NUMBERS, _ONE_BY_ONE),
    (_COUNTED, _COUNTED_PASSES),
    (_NESTED, _NESTED_PASSES),
    (_LENGTHS, _LENGTH_PASSES),
)


def again(choices: Choices, scope: Scope, _: Body) -> Node | None:
    """Choose, and go over what was chosen."""
    sequences = [one for one in scope.sequences if one.is_slice]
    if not sequences:
        return None
    name = choices.random.choice(sequences).name
    makes, passes = choices.random.choice(_KINDS)
    made = choices.random.choice(makes)
    going = "\n".join(choices.random.choice(passes) for _ in range(1 + choices.below(2)))
    if choices.chance(0.6):
        going = f"for _ in 0..{2 + choices.below(2)} {{{{\n{going}\n}}}}"
    words = {"u": name, "k": 2 + choices.below(2), "way": choices.random.choice(_WAYS)}
    made, going = made.format(**words), going.format(**words)
    text = f"{{ let mut t: F = 0.4;\n{made}\n{going}\nt }}"
    parts = *_filled(choices, scope, made, "v"), *_filled(choices, scope, going, "v", "z")
    return resulting(choices, scope, re.sub("[?#]", "$", text), *parts)


def _filled(choices: Choices, scope: Scope, text: str, *floats: str) -> Iterator[Node]:
    """Fill the holes: `?` decides, `#` counts."""
    inside = scope.reading()
    inside.floats += [*floats] * 3
    near = Scope(floats=[*floats])
    for hole in re.findall("[$?#]", text):
        if hole == "$":
            yield float_(choices, inside)
        elif hole == "#":
            yield integer(choices, inside, 1)
        else:
            yield test(choices, near if choices.chance(0.7) else inside)


PRODUCTIONS = ((again, 16),)
