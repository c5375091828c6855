"""Statements that carry what an earlier iteration has seen, if any has, to a later one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fuzz.calls import resulting
from fuzz.numbers import float_, test
from fuzz.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fuzz.flow import Production
    from fuzz.scope import Choices
    from fuzz.tree import Node

# `$` and `?` know the element `v` and the number `t`, `~` also what was carried, `z`
_LOOPS = (
    "let mut o: Option<F> = None;\n"
    "for &v in {way} {{ if let Some(z) = o {{ t = (0.5 * t + ~).sin(); }} if ? {{ o = Some($); }} }}\n"
    "if let (Some(z), v) = (o, t) {{ t = 0.6 * t + (~).cos(); }}",
    "let mut o: Option<(usize, F)> = None;\n"
    "for (i, &v) in {u}.iter().enumerate() {{ if ? {{ "
    "if let Some((j, z)) = o {{ t = 0.5 * t + 0.1 * (i - j) as F * (~); }} o = Some((i, $)); }} }}",
    "let mut o: Option<(F, F)> = None;\n"
    "for &v in {way} {{ if let Some((p, z)) = o {{ t = (t + p * z).sin() + 0.1 * (~); }} "
    "if ? {{ o = Some((t, $)); }} }}\n"
    "let v = t; let (p, z) = o.unwrap_or((0.4, v)); t += p * (~).sin();",
    "let mut o: Option<[F; 3]> = None;\n"
    "for &v in {way} {{ if ? {{ o = Some([v, $, t]); }} "
    "else if let Some([p, z, _]) = o {{ t = p.cos() - 0.3 * (~); }} }}",
    "let mut o: Option<Vec<F>> = None;\n"
    "for &v in {way} {{ if let Some(w) = &o {{ let z = w[1] * w[0]; t = (t + ~).sin(); }} "
    "if ? {{ o = Some(vec![v, $]); }} else if ? {{ o = None; }} }}",
    "let mut w: Vec<F> = {u}.to_vec();\nlet mut o: Option<Vec<F>> = None;\n"
    "for k in 0..4 {{ let v = w[k % 3]; let n: Vec<F> = w.iter().map(|&z| (z + ~).sin()).collect();\n"
    "if ? {{ if let Some(p) = &o {{ t += p[0] * n[1]; }} o = Some(std::mem::replace(&mut w, n)); }} "
    "else {{ t = 0.5 * t + n[2]; }} }}\nt += o.map_or(0.5, |p| p[1] * p[0]);",
    "let mut o: Result<F, usize> = Err(1);\n"
    "for (i, &v) in {u}.iter().enumerate() {{ "
    "match o {{ Ok(z) => t = 0.5 * t + 0.3 * (~), Err(j) => t += 0.1 * j as F }} "
    "if ? {{ o = Ok($); }} else if ? {{ o = Err(i); }} }}",
    "let mut o: Option<F> = None;\n"
    "for k in 0..3 {{ for (i, &v) in {u}.iter().enumerate() {{ "
    "if i % 3 == k {{ if let Some(z) = o {{ t = (0.4 * t + ~).tanh(); }} }} else if ? {{ o = Some($); break; }} }} }}",
    "let mut o: Option<&F> = None;\n"
    "for v in {u}.iter() {{ let p = v; let v = *v; if let Some(&z) = o {{ t = 0.5 * t + 0.2 * (~); }} "
    "if ? {{ o = Some(p); }} }}",
    "let mut o: Option<usize> = None;\n"
    "for (i, &v) in {u}.iter().enumerate() {{ if let Some(j) = o {{ let z = {u}[j]; t = (t + ~).sin(); }} "
    "if ? {{ o = Some(i); }} }}",
)
_WAYS = ("{u}.iter()", "{u}.iter().rev()", "{u}[1..].iter()", "{u}.iter().chain({u}.iter())")


def going_over(loops: Sequence[str]) -> Production:
    """Make a production that goes over a sequence by one of some loops."""
    return lambda choices, scope, _: _gone_over(choices, scope, loops)


def _gone_over(choices: Choices, scope: Scope, loops: Sequence[str]) -> Node | None:
    sequences = [one for one in scope.sequences if one.is_slice]
    if not sequences:
        return None
    name = choices.random.choice(sequences).name
    way = choices.random.choice(_WAYS).format(u=name)
    text = f"{{ let mut t: F = 0.4;\n{choices.random.choice(loops).format(u=name, way=way)}\nt }}"
    return resulting(choices, scope, re.sub("[?~]", "$", text), *_filled(choices, scope, text))


def _filled(choices: Choices, scope: Scope, text: str) -> Iterator[Node]:
    for hole in re.findall("[$?~]", text):
        inside = scope.reading()
        inside.floats += ["v", "t", *(["z"] if hole == "~" else [])] * 3
        if hole == "?":
            yield test(choices, Scope(floats=["v", "t"]) if choices.chance(0.7) else inside)
        else:
            yield float_(choices, inside)


PRODUCTIONS = ((going_over(_LOOPS), 16),)
