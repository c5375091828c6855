"""Panic locations stay in the crate; constants that only have their shape do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.rust.locations import borrow_locations

if TYPE_CHECKING:
    from ir.reading import Ir


def module(rest: str, use: str = "call void @panics(ptr @it)") -> str:
    """A function that uses a constant: the address of a text of six bytes and a zero, and 16 bytes more."""
    constant = f'<{{ ptr, [16 x i8] }}> <{{ ptr @text, [16 x i8] c"{rest}" }}>'
    return (
        '@text = private constant [7 x i8] c"lib.rs\\00"\n'
        f"@it = private unnamed_addr constant {constant}, align 8\n"
        + ("@table = constant [1 x ptr] [ptr @it]\n" if "@table" in use else "")
        + f"declare void @panics(ptr)\ndefine void @f() {{\n  {use}\n  ret void\n}}\n"
    )


LENGTH = r"\06\00\00\00\00\00\00\00"
PLACE = r"\0A\00\00\00\05\00\00\00"


def is_borrowed(ir: Ir, text: str) -> bool:
    read = ir.parse(text)
    borrow_locations(read)
    assert read.problem() == ""
    variable = read.variable("it")
    assert variable is not None
    return variable.is_declaration


def test_a_location_is_borrowed(ir: Ir) -> None:
    assert is_borrowed(ir, module(LENGTH + PLACE))


@pytest.mark.parametrize(
    "rest",
    [
        LENGTH + r"\00\00\00\00\00\00\08\40",  # a text and 3.0
        LENGTH + r"\0A\00\00\00\00\00\00\00",  # a text and the number 10
        r"\03\00\00\00\00\00\00\00" + PLACE,  # a part of a text
    ],
)
def test_what_is_no_location_is_not(ir: Ir, rest: str) -> None:
    assert not is_borrowed(ir, module(rest))


@pytest.mark.parametrize("use", ["%x = load ptr, ptr @it", "%t = load ptr, ptr @table"])
def test_what_is_looked_into_is_not(ir: Ir, use: str) -> None:
    assert not is_borrowed(ir, module(LENGTH + PLACE, use))
