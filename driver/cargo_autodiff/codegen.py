"""What a profile asks of code generation, in rustc's and clang's words."""

from __future__ import annotations

from enum import Enum


class Lto(Enum):
    """What happens to a crate's code when all crates are linked; each is named as LLVM names its first half."""

    NONE = "default"
    THIN = "thinlto-pre-link"
    FAT = "lto-pre-link"


class OptLevel(Enum):
    """`-C opt-level` of rustc, `-O` of clang."""

    O0 = "0"
    O1 = "1"
    O2 = "2"
    O3 = "3"
    SIZE = "s"
    SMALLEST = "z"

    def passes(self, lto: Lto = Lto.NONE) -> str:
        """LLVM's pipeline of this level."""
        return f"{lto.value}<O{self.value}>"

    @property
    def of_code(self) -> int:
        """The code generator's level, which knows no size."""
        return int(self.value) if self.value.isdecimal() else 2

    @property
    def tuning(self) -> dict[str, bool]:
        """What rustc asks of the pipeline at this level (rustc_codegen_ssa's ModuleConfig)."""
        return {
            "unroll": self not in (OptLevel.SIZE, OptLevel.SMALLEST),
            "merge_functions": self not in (OptLevel.O0, OptLevel.O1),
        }


class DebugInfo(Enum):
    """How much debug information an object gets."""

    NONE = "none"
    LINES = "lines"
    FULL = "full"
