"""The short form of the table in docs/conformance.md."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from conformance.table import DOCUMENT, documented, fill, profile, refused, share_right
from judging.program import Outcome

if TYPE_CHECKING:
    from cargo_autodiff.toolchain.locate import Toolchain


def test_every_derivative_is_right_or_refused_as_documented(llvm22: Toolchain) -> None:
    cells = fill([profile("3", 16, "unwind")], lambda said: print(said, file=sys.stderr))

    assert [cell for cell in cells if cell.verdict.outcome in (Outcome.WRONG, Outcome.NOT_COMPILED)] == []
    assert refused(cells) <= documented(DOCUMENT.read_text())
    assert share_right(cells) > 0.85
