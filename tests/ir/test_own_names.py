"""Functions with bodies that are called as functions of libraries are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import own_names

if TYPE_CHECKING:
    from ir.reading import Ir


def names(ir: Ir, text: str) -> list[str]:
    return [each.name for each in ir.apply(own_names.RULE, text).functions()]


@pytest.mark.parametrize("name", ["erf", "ddot", "stat", "_start2"])
def test_ones_that_only_the_module_calls_have_a_word_before_their_names(ir: Ir, name: str) -> None:
    assert names(ir, f"define internal void @{name}() {{\n ret void\n}}\n") == [f"own.{name}"]


@pytest.mark.parametrize(
    "name", ["_RNvC4main3erf", "_ZN4main3erf17h0E", "__rust_try", "__cargo_autodiff_copy", "f.cold"]
)
def test_names_that_no_library_has_stay(ir: Ir, name: str) -> None:
    assert names(ir, f"define internal void @{name}() {{\n ret void\n}}\n") == [name]


@pytest.mark.parametrize("text", ["define void @erf() {\n ret void\n}\n", "declare void @erf()\n"])
def test_what_others_call_and_what_others_define_keep_theirs(ir: Ir, text: str) -> None:
    assert names(ir, text) == ["erf"]
