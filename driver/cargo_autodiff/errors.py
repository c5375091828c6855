"""The closed family of failures a user can act on; each fixes its exit code (table in docs/errors.md)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class DriverError(Exception):
    """One sentence (`problem`), the user's place (`where`), the reason (`why`), and what to do (`hint`)."""

    exit_code = 1

    def __init__(self, problem: str, *, where: str = "", why: str = "", hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.where = where
        self.why = why
        self.hint = hint

    def __str__(self) -> str:
        """Lay the failure out as rustc lays out a diagnostic."""
        lines = [f"error: {self.problem}"]
        if self.where:
            lines.append(f"  --> {self.where}")
        for label, text in (("note", self.why), ("help", self.hint)):
            if text:
                lines.append(f"  = {label}: {text}")
        return "\n".join(lines)

    @property
    def each(self) -> tuple[DriverError, ...]:
        """The failure itself, and others that were found with it."""
        return (self,)


class UsageError(DriverError):
    """The command line or a setting does not say something we understand."""

    exit_code = 2


class ToolsetError(DriverError):
    """A tool is missing, or the tools do not agree on LLVM, or the crate `autodiff` is another version's."""

    exit_code = 3


class InstallError(DriverError):
    """A wheel could not be fetched, is not the pinned one, or could not be taken apart."""

    exit_code = 4


class RequestError(DriverError):
    """A derivative was asked for that the module or the function's parameters do not fit."""

    exit_code = 5


class ToolFailed(DriverError):
    """A tool (rustc, opt, Enzyme, llc, linker) ended with an error, a signal, or not at all."""

    exit_code = 6


class Refused(DriverError):
    """A derivative that would be wrong, or cannot be made: refused with its place and reason."""

    exit_code = 7

    def __init__(self, problem: str, *, where: str = "", why: str = "", hint: str = "") -> None:
        super().__init__(problem, where=where, why=why, hint=hint)
        self.others: tuple[Refused, ...] = ()

    @property
    def each(self) -> tuple[Refused, ...]:
        """The refusal itself, and those of the same crate's other derivatives, in order."""
        return (self, *self.others)


class NoShadow(Refused):
    """Refused because memory of a Const parameter has no shadow; with one of zeros the derivative may be right."""


class DividedWord(Refused):
    """Refused because of words that are several things, which LLVM took apart; whole in memory they may be right."""


class FileError(DriverError):
    """A file could not be read or written: missing, read-only, disk full."""

    exit_code = 8


class Interrupted(DriverError):
    """Ctrl-C; nothing half-written was left."""

    exit_code = 130


def packed(error: DriverError) -> dict[str, str]:
    """Write an error so that it can go to another process as JSON."""
    fields = {"problem": error.problem, "where": error.where, "why": error.why, "hint": error.hint}
    return {"kind": type(error).__name__, **fields}


def unpacked(words: Mapping[str, str]) -> DriverError:
    """Read what `packed` wrote."""
    fields = dict(words)
    kind: type[DriverError] = globals()[fields.pop("kind")]
    return kind(fields.pop("problem"), **fields)
