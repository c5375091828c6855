"""Statics of numbers, whose content Enzyme must not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import tables

if TYPE_CHECKING:
    from ir.reading import Ir

READ = """
@table = internal unnamed_addr constant [8 x i8] c"\\00\\00\\00\\00\\00\\00\\F0?", align 8
@rest = internal constant {rest}
define double @f(i64 %i) {{
  %p = getelementptr inbounds double, ptr @table, i64 %i
  %x = load double, ptr %p, align 8
  %q = getelementptr inbounds {unit}, ptr @rest, i64 %i
  %y = load {unit}, ptr %q, align 8
  ret double %x
}}
"""
NUMBERS = READ.format(rest="[2 x i64] [i64 0, i64 7]", unit="i64")


@pytest.mark.parametrize("first", ["\\00", "=", "\\FF"])
def test_one_that_floats_are_read_from_has_no_content_for_enzyme(ir: Ir, first: str) -> None:
    got = ir.text(ir.apply(tables.RULE, NUMBERS.replace('c"\\00\\00', f'c"{first}{first}')))

    assert "@__cargo_autodiff_unread.table = external constant [8 x i8], align 8, !enzyme_inactive" in got
    assert "getelementptr inbounds double, ptr @__cargo_autodiff_unread.table, i64 %i" in got


def test_neither_has_one_with_pointers_among_its_numbers(ir: Ir) -> None:
    beside = '<{ ptr, [8 x i8] }> <{ ptr @table, [8 x i8] c"\\00\\00\\00\\00\\00\\00\\F0?" }>'
    got = ir.text(ir.apply(tables.RULE, READ.format(rest=beside, unit="double")))

    assert "@__cargo_autodiff_unread.rest = external constant <{ ptr, [8 x i8] }>" in got


def test_neither_has_one_that_only_leads_to_numbers(ir: Ir) -> None:
    got = ir.text(ir.apply(tables.RULE, READ.format(rest="[2 x ptr] [ptr null, ptr @table]", unit="i64")))

    assert "@__cargo_autodiff_unread.rest = external constant [2 x ptr]" in got


@pytest.mark.parametrize(
    ("rest", "unit"),
    [
        ("[2 x i64] [i64 0, i64 7]", "i64"),  # no floats
        ('[8 x i8] c"\\FF\\FF\\FF\\FF\\FF\\FF\\FF\\FF"', "double"),  # a hash table's control bytes, with nothing in it
    ],
)
def test_others_keep_theirs(ir: Ir, rest: str, unit: str) -> None:
    got = ir.text(ir.apply(tables.RULE, READ.format(rest=rest, unit=unit)))

    assert "@__cargo_autodiff_unread.rest" not in got


@pytest.mark.parametrize(("name", "later"), [("table", "table"), ("0", "__cargo_autodiff_table")])
def test_the_static_itself_is_read_afterwards(ir: Ir, name: str, later: str) -> None:
    hidden = ir.text(ir.apply(tables.RULE, NUMBERS.replace("@table", f"@{name}")))

    got = ir.text(ir.apply(tables.SETTLE, hidden))

    assert "__cargo_autodiff_unread" not in got
    assert f"getelementptr inbounds double, ptr @{later}, i64 %i" in got
