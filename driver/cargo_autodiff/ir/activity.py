"""Modes and activities, with rustc's members (rustc_ast::expand::autodiff_attrs), and the words Enzyme has for them."""

from __future__ import annotations

from enum import Enum

from cargo_autodiff.ir.asking import ENTRY


class DiffMode(Enum):
    """Which derivative. The `*First` members are rustc's older spelling of the same two Enzyme calls."""

    FORWARD = "forward"
    FORWARD_FIRST = "forwardfirst"
    REVERSE = "reverse"
    REVERSE_FIRST = "reversefirst"

    @property
    def is_forward(self) -> bool:
        """Tell tangents from adjoints."""
        return self in (DiffMode.FORWARD, DiffMode.FORWARD_FIRST)

    @property
    def entry_point(self) -> str:
        """The prefix of the function by which Enzyme is called."""
        return ENTRY + ("fwddiff" if self.is_forward else "autodiff")


class DiffActivity(Enum):
    """What a parameter or the return value is to the derivative."""

    NONE = "none"
    CONST = "const"
    ACTIVE = "active"
    ACTIVE_ONLY = "activeonly"
    DUAL = "dual"
    DUAL_ONLY = "dualonly"
    DUALV = "dualv"
    DUALV_ONLY = "dualvonly"
    DUPLICATED = "duplicated"
    DUPLICATED_ONLY = "duplicatedonly"
    FAKE_SIZE = "fakeactivitysize"
    """The length that follows a slice's pointer: rustc's FakeActivitySize."""

    @property
    def marker(self) -> str:
        """Enzyme's metadata word in front of an argument."""
        return _MARKERS[self]

    @property
    def has_shadow(self) -> bool:
        """Tell whether shadows follow the argument."""
        return _MARKERS[self].startswith("enzyme_dup")

    @property
    def is_batched(self) -> bool:
        """Tell the activities whose one shadow holds all lanes, a stride apart."""
        return self in (DiffActivity.DUALV, DiffActivity.DUALV_ONLY)

    @property
    def fits_forward(self) -> bool:
        """Tell whether an input may have it in forward mode."""
        return self not in (
            DiffActivity.ACTIVE,
            DiffActivity.ACTIVE_ONLY,
            DiffActivity.DUPLICATED,
            DiffActivity.DUPLICATED_ONLY,
        )

    @property
    def fits_reverse(self) -> bool:
        """Tell whether an input may have it in reverse mode."""
        return self not in (
            DiffActivity.DUAL,
            DiffActivity.DUAL_ONLY,
            DiffActivity.DUALV,
            DiffActivity.DUALV_ONLY,
        )

    def fits(self, mode: DiffMode) -> bool:
        """Tell whether an input may have it in a mode (table a1 of the attribute grammar)."""
        return self.fits_forward if mode.is_forward else self.fits_reverse


_MARKERS = {
    DiffActivity.NONE: "",
    DiffActivity.CONST: "enzyme_const",
    DiffActivity.FAKE_SIZE: "enzyme_const",
    DiffActivity.ACTIVE: "enzyme_out",
    DiffActivity.ACTIVE_ONLY: "enzyme_out",
    DiffActivity.DUAL: "enzyme_dup",
    DiffActivity.DUPLICATED: "enzyme_dup",
    DiffActivity.DUAL_ONLY: "enzyme_dupnoneed",
    DiffActivity.DUPLICATED_ONLY: "enzyme_dupnoneed",
    DiffActivity.DUALV: "enzyme_dupv",
    DiffActivity.DUALV_ONLY: "enzyme_dupnoneedv",
}
