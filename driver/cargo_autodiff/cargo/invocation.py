"""One call of rustc: what it compiles, where its outputs go, and the call we make instead.

It is read before rustc can be started, so what few need is imported where it is needed.
"""

from __future__ import annotations

from cargo_autodiff.errors import FileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cargo_autodiff.codegen import DebugInfo, Lto, OptLevel

# rustc's options that take their value as a separate word when it is not joined with `=`
_WITH_VALUE = frozenset(
    {
        "-A", "-C", "-D", "-F", "-L", "-W", "-Z", "-l", "-o",
        "--allow", "--cap-lints", "--cfg", "--check-cfg", "--codegen", "--color", "--crate-name", "--crate-type",
        "--deny", "--diagnostic-width", "--edition", "--emit", "--error-format", "--explain", "--extern", "--forbid",
        "--force-warn", "--json", "--out-dir", "--print", "--remap-path-prefix", "--sysroot", "--target", "--warn",
    }
)  # fmt: skip

# codegen options whose job the driver takes over
_TAKEN_OVER = frozenset(
    {"codegen-units", "debuginfo", "embed-bitcode", "linker", "linker-plugin-lto", "lto", "opt-level"}
)

FRONT_END = (
    "-Copt-level=3",
    "-Ccodegen-units=1",
    "-Clinker-plugin-lto",
    "-Cno-prepopulate-passes",
    "-Cdebuginfo=2",
)
"""What rustc is told for a crate that may hold derivatives, whatever the profile.

The whole crate comes as one module of bitcode that no pass has touched. Level 3 makes rustc promise what it knows
(noalias, noundef, ranges) and instantiate every generic here instead of sharing it with std, so that all bodies are at
hand. Debug information says which types are moved, and where a refusal belongs; what the profile did not ask for does
not reach the object.
"""

_NO_DEBUG = ("0", "none")
_LINES = ("1", "limited", "line-tables-only", "line-directives-only")
_NO = ("n", "no", "off", "false")
_UNITS = 16
_ARCHIVES = frozenset({"lib", "rlib", "staticlib"})


class RustcInvocation:
    """rustc's command line, read once."""

    def __init__(self, args: Sequence[str]) -> None:
        """Read it; argument files (`@path`) are expanded. Raises FileError when one cannot be read."""
        self.args = tuple(_expanded(args))
        self.options = tuple((name, value) for name, value, _ in _pairs(self.args))
        """Name and value of every option, in order; `-Cx=y` and `-C x=y` both as ("-C", "x=y")."""

    def last(self, name: str) -> str:
        """Give the value that counts of an option, or nothing."""
        return next((value for option, value in reversed(self.options) if option == name), "")

    def codegen(self, name: str) -> str | None:
        """Give the value of a `-C` option; an option without value is empty text, a missing one None."""
        for option, value in reversed(self.options):
            key, _, text = value.partition("=")
            if option == "-C" and key.replace("_", "-") == name:
                return text
        return None

    @property
    def level(self) -> OptLevel:
        """The user's optimisation level, which the host module gets."""
        from cargo_autodiff.codegen import OptLevel

        # what rustc does not know either it says itself
        return OptLevel(self._level) if self._level in {known.value for known in OptLevel} else OptLevel.O0

    @property
    def _level(self) -> str:
        return "3" if ("-O", "") in self.options else self.codegen("opt-level") or "0"

    @property
    def debug(self) -> DebugInfo:
        """The debug information that the user asked for."""
        from cargo_autodiff.codegen import DebugInfo

        level = "2" if ("-g", "") in self.options else self.codegen("debuginfo") or "0"
        return DebugInfo.NONE if level in _NO_DEBUG else DebugInfo.LINES if level in _LINES else DebugInfo.FULL

    @property
    def lto(self) -> Lto:
        """What the user asked for; cargo tells libraries of it by `-Clinker-plugin-lto`."""
        from cargo_autodiff.codegen import Lto

        asked = self.codegen("lto")
        if asked is None:
            return Lto.NONE if self.codegen("linker-plugin-lto") in (None, *_NO) else Lto.THIN
        return Lto.THIN if asked == "thin" else Lto.NONE if asked in ("thin-local", *_NO) else Lto.FAT

    @property
    def units(self) -> int:
        """Into how many codegen units the user lets a crate be divided; more than rustc's 16 gain nothing."""
        number = self.codegen("codegen-units") or ""
        return min(int(number), _UNITS) if number.isdecimal() else _UNITS

    @property
    def crate_types(self) -> frozenset[str]:
        """What is made; a test harness is a program."""
        if ("--test", "") in self.options:
            return frozenset({"bin"})
        named = {kind for option, value in self.options if option == "--crate-type" for kind in value.split(",")}
        return frozenset(named or {"bin"})

    @property
    def links(self) -> bool:
        """Tell whether objects are asked for at all (`cargo check` asks for none)."""
        kinds = self.last("--emit")
        return not kinds or any(kind.partition("=")[0] in ("link", "obj") for kind in kinds.split(","))

    @property
    def runs_in_the_build(self) -> bool:
        """Tell a proc-macro or a build script, by its type or by the name that cargo gives it."""
        return "proc-macro" in self.crate_types or self.crate_name.startswith("build_script_")

    @property
    def root(self) -> Path:
        """The file that rustc is given."""
        from pathlib import Path

        return Path(next((word for word in self.args if word.endswith(".rs")), "-"))

    @property
    def archives(self) -> list[Path]:
        """The archives that rustc will write."""
        from pathlib import Path

        stem = f"lib{self.crate_name}{self.codegen('extra-filename') or ''}"
        ends = {".a" if kind == "staticlib" else ".rlib" for kind in self.crate_types & _ARCHIVES}
        named = self.last("-o")
        if named and len(self.crate_types) == 1 and ends:
            return [Path(named)]
        return [Path(self.last("--out-dir") or ".") / f"{stem}{end}" for end in sorted(ends)]

    @property
    def depinfo(self) -> Path | None:
        """The file in which rustc names what the crate was made from, if it was asked to."""
        from pathlib import Path

        for kind in self.last("--emit").split(","):
            name, _, path = kind.partition("=")
            if name == "dep-info":
                stem = f"{self.crate_name}{self.codegen('extra-filename') or ''}"
                return Path(path) if path else Path(self.last("--out-dir") or ".") / f"{stem}.d"
        return None

    @property
    def libraries(self) -> list[Path]:
        """The rlibs that may hold bodies: the named ones, then all of the dependency folders."""
        from pathlib import Path

        named = [value.partition("=")[2] for option, value in self.options if option == "--extern"]
        folders = [value.partition("=")[2] or value for option, value in self.options if option == "-L"]
        found = [Path(path).with_suffix(".rlib") for path in named if path.endswith((".rlib", ".rmeta"))]
        found += [path for folder in folders if folder for path in sorted(Path(folder).glob("*.rlib"))]
        return list(dict.fromkeys(found))

    @property
    def crate_name(self) -> str:
        """`--crate-name`, or the file's."""
        files = (arg.rpartition("/")[2].removesuffix(".rs") for arg in self.args if arg.endswith(".rs"))
        return self.last("--crate-name") or next(files, "main").replace("-", "_")

    @property
    def wants_json(self) -> bool:
        """Tell whether diagnostics go to cargo."""
        return self.last("--error-format") == "json"

    @property
    def for_bitcode(self) -> list[str]:
        """The command line that gives us bitcode, with debug checks as the user's level has them; without a linker."""
        kept = [word for option, value, words in _pairs(self.args) if not _is_ours(option, value) for word in words]
        if self._level == "0" and self.codegen("debug-assertions") is None:
            kept.append("-Cdebug-assertions=on")
        return [*kept, *FRONT_END]

    def ours(self, linker: str) -> list[str]:
        """The same with our linker."""
        return [*self.for_bitcode, f"-Clinker={linker}"]

    @property
    def linker(self) -> str:
        """The user's linker."""
        return self.codegen("linker") or "cc"


def _expanded(args: Sequence[str]) -> Iterator[str]:
    for arg in args:
        if not arg.startswith("@"):
            yield arg
            continue
        try:
            with open(arg[1:], encoding="utf-8", errors="surrogateescape") as file:  # noqa: PTH123
                text = file.read()
            yield from text.removesuffix("\n").split("\n") if text else []
        except OSError as error:
            raise FileError("an argument file cannot be read", where=arg[1:], why=error.strerror or "") from None


def _pairs(args: Sequence[str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield option, value and the words they were written with; a file is an option without a name."""
    words = iter(args)
    for word in words:
        if word in _WITH_VALUE:
            value = next(words, "")
            yield _short(word), value, (word, value)
        elif word.startswith("--"):
            name, _, value = word.partition("=")
            yield _short(name), value, (word,)
        elif word[:2] in _WITH_VALUE and len(word) > 2:
            yield word[:2], word[2:], (word,)
        elif word.startswith("-") and word != "-":
            yield word, "", (word,)
        else:
            yield "", word, (word,)


def _short(name: str) -> str:
    return "-C" if name == "--codegen" else name


def _is_ours(option: str, value: str) -> bool:
    return option in ("-O", "-g") or (option == "-C" and value.partition("=")[0].replace("_", "-") in _TAKEN_OVER)
