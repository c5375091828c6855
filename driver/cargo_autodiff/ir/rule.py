"""A rule: one change of the IR with a name and a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from collections.abc import Callable

    from cargo_autodiff.ir.module import Module


class Rule(Frozen):
    """What is done to every unit at one place of the pipeline.

    `apply` may raise Refused, with the place and the reason, for what no rule can make right. Applying a rule a second
    time changes nothing. One after which LLVM is asked once more tells whether it changed anything.
    """

    name: str
    reason: str
    apply: Callable[[Module], bool | None]
