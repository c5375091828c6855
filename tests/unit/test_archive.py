"""Archives and the bitcode in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.cargo.archive import bitcode_in

if TYPE_CHECKING:
    from pathlib import Path

BITCODE = b"BC\xc0\xde and more"
WRAPPED = b"\xde\xc0\x17\x0b and more "


def archive(path: Path, *members: bytes) -> Path:
    """Write one as `ar` does: every member begins at an even offset."""
    content = b"!<arch>\n"
    for member in members:
        header = f"{'a.o/':16}{0:<12}{0:<6}{0:<6}{644:<8}{len(member):<10}`\n".encode()
        content += header + member + b"\n" * (len(member) % 2)
    path.write_bytes(content)
    return path


def test_bitcode_is_found_among_other_members(tmp_path: Path) -> None:
    made = archive(tmp_path / "a.rlib", b"odd", BITCODE, b"", b"\x7fELF", WRAPPED)

    assert list(bitcode_in(made)) == [BITCODE, WRAPPED]


@pytest.mark.parametrize("content", [b"", b"!<arch>\n", b"!<arch>\n" + b"x" * 70, b"INPUT(libreal.a)", BITCODE])
def test_what_is_no_archive_holds_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.rlib"
    path.write_bytes(content)

    assert list(bitcode_in(path)) == []


def test_a_file_that_is_not_there_holds_none(tmp_path: Path) -> None:
    assert list(bitcode_in(tmp_path / "a.rlib")) == []
