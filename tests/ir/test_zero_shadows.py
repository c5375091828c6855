"""Const parameters that get a shadow of zeros."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.activity import DiffActivity, DiffMode
from cargo_autodiff.ir.request import Input, Request
from cargo_autodiff.ir.rules import zero_shadows
from ir.reading import callees, calls, function, read

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir, Read

CONST, LENGTH, DUPLICATED = DiffActivity.CONST, DiffActivity.FAKE_SIZE, DiffActivity.DUPLICATED
REQUEST = Request(
    source="f",
    target="df",
    mode=DiffMode.REVERSE,
    inputs=(
        Input(activity=DUPLICATED),
        Input(activity=LENGTH),
        Input(activity=CONST, stride=16),
        Input(activity=LENGTH),
        Input(activity=CONST, stride=24),
        Input(activity=CONST),
    ),
)
TEXT = """
define internal double @f(ptr %x, i64 %n, ptr %pairs, i64 %m, ptr %three, i64 %k) #0 {{
  %number = load double, ptr %pairs
  {use}
  ret double %number
}}
define double @df(ptr %x, ptr %dx, i64 %n, ptr %pairs, i64 %m, ptr %three, i64 %k) {{
  %r = call double (...) @__enzyme_autodiff_df(ptr @f, {width}metadata !"enzyme_dup", ptr %x, ptr %dx,
    metadata !"enzyme_const", i64 %n, metadata !"enzyme_const", ptr %pairs, metadata !"enzyme_const", i64 %m,
    metadata !"enzyme_const", ptr %three, metadata !"enzyme_const", i64 %k)
  ret double %r
}}
declare double @__enzyme_autodiff_df(...)
attributes #0 = {{ "cargo-autodiff-extents"="{extents}" }}
"""
WIDE = 'metadata !"enzyme_width", i64 2, '


def text(*, extents: str = "2:16:1 4:24:0", use: str = "", width: str = "") -> str:
    joined = re.sub(r",\n +metadata", ", metadata", TEXT)
    return joined.format(extents=extents, use=use, width=width)


def test_what_const_parameters_lead_to_is_noted(ir: Ir) -> None:
    module = ir.parse(text(extents=""))

    zero_shadows.note(module, REQUEST)

    assert function(module, "f").string_attribute("cargo-autodiff-extents") == "2:16:1 4:24:0"


def asked(module: Module) -> list[Read]:
    """Give what Enzyme is asked, without the function."""
    (call,) = (call for call in calls(module, "df") if call.callee and call.callee.name.startswith("__enzyme"))
    return read(call.arguments[1:])


def test_const_parameters_are_duplicated_with_zeros(ir: Ir) -> None:
    module = ir.apply(zero_shadows.RULE, text())

    of_x, of_pairs = ["enzyme_dup", "x", "dx", "enzyme_const", "n"], ["enzyme_dup", "pairs", "", "enzyme_const", "m"]
    assert asked(module) == [*of_x, *of_pairs, "enzyme_dup", "three", "", "enzyme_const", "k"]
    assert callees(module, "df") == ["calloc", "calloc", "__enzyme_autodiff_df", "free", "free"]
    assert [read(call.arguments) for call in calls(module, "df")[:2]] == [[1, 24], ["m", 16]]


def test_there_is_a_shadow_for_each_lane(ir: Ir) -> None:
    module = ir.apply(zero_shadows.RULE, text(width=WIDE))

    assert callees(module, "df").count("calloc") == callees(module, "df").count("free") == 4


def test_memory_that_leads_on_stays_constant(ir: Ir) -> None:
    """Zeros are no pointers."""
    leads_on = "%inner = load ptr, ptr %pairs\n  store double 1.0, ptr %inner"

    module = ir.apply(zero_shadows.RULE, text(use=leads_on))

    given = asked(module)
    assert given[5:7] == ["enzyme_const", "pairs"]
    assert given[9:12] == ["enzyme_dup", "three", ""]


@pytest.mark.parametrize("extents", ["", "2:16:1"])
def test_nothing_is_given_where_no_extent_helps(ir: Ir, extents: str) -> None:
    leads_on = "%inner = load ptr, ptr %pairs\n  store double 1.0, ptr %inner"

    assert ir.unchanged(zero_shadows.RULE, text(extents=extents, use=leads_on))
