"""Wide vectors between functions that are compiled for different processors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.rules import wide_vectors

if TYPE_CHECKING:
    from ir.reading import Ir

TEXT = """
target datalayout = "e-m:e-i64:64-n8:16:32:64-S128"
define internal fastcc TYPE @augmented_g(ptr %x) CALLEE {
  %made = load TYPE, ptr %x
  ret TYPE %made
}
define internal fastcc void @diffe_g(ptr %x, TYPE %tape) CALLEE {
  store TYPE %tape, ptr %x
  ret void
}
define void @diffef(ptr %x) CALLER {
  %tape = call fastcc TYPE @augmented_g(ptr %x)
  call fastcc void @diffe_g(ptr %x, TYPE %tape)
  ret void
}
"""


def given(kind: str, callee: str = "+avx,+sse", caller: str = "+sse") -> str:
    words = {"TYPE": kind, "CALLEE": f'"target-features"="{callee}"', "CALLER": f'"target-features"="{caller}"'}
    text = TEXT
    for word, by in words.items():
        text = text.replace(word, by)
    return text


@pytest.mark.parametrize("kind", ["<4 x double>", "<8 x float>", "{ i64, { [2 x <4 x double>], i1 } }"])
def test_one_that_goes_through_other_registers_is_refused(ir: Ir, kind: str) -> None:
    with pytest.raises(Refused, match="target features of its own") as refused:
        wide_vectors.CHECK.apply(ir.parse(given(kind)))

    assert "in `f` Enzyme passes" in refused.value.why
    assert "`g`" in refused.value.why


@pytest.mark.parametrize("kind", ["<2 x double>", "{ double, ptr }", "[8 x double]"])
def test_what_all_pass_alike_is_not(ir: Ir, kind: str) -> None:
    assert ir.unchanged(wide_vectors.CHECK, given(kind))


@pytest.mark.parametrize("features", ["+avx,+sse", "+sse,+avx,+fma"])
def test_functions_with_the_same_registers_are_not(ir: Ir, features: str) -> None:
    assert ir.unchanged(wide_vectors.CHECK, given("<4 x double>", caller=features))
