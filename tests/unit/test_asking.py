"""Whether bitcode asks for a derivative is seen without reading it."""

from __future__ import annotations

import pytest

from cargo_autodiff.ir.asking import MARKER, asks


@pytest.mark.parametrize("name", [MARKER, "__enzyme_autodiff.df"])
def test_bitcode_that_names_what_asks_asks(name: str) -> None:
    assert asks(b"BC\xc0\xde" + b"\0" * 40 + name.encode() + b"malloc")


def test_other_bitcode_does_not() -> None:
    assert not asks(b"BC\xc0\xde" + b"\0" * 40 + b"mallocmainenzyme_const")
