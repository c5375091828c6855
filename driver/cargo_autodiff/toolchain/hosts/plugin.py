"""Enzyme as a pass plugin that `opt` loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cargo_autodiff.toolchain.tool import Command, Tool


class PluginHost(Frozen):
    """`opt -load-pass-plugin`; `aliases` is a folder that names opt's libLLVM as the plugin asks for it."""

    opt: Tool
    llvm: int
    plugin: Path
    aliases: Path | None = None

    @property
    def name(self) -> str:
        """Name the plugin's file."""
        return f"plugin {self.plugin.name}"

    @property
    def files(self) -> tuple[Path, ...]:
        """Give the plugin; opt is known to the tool set."""
        return (self.plugin,)

    def command(self, given: Path, out: Path, options: Sequence[str] = ()) -> Command:
        """Load the plugin and run its pass."""
        opt = self.opt
        if self.aliases is not None:
            opt = opt._replace(env=(*opt.env, ("LD_LIBRARY_PATH", str(self.aliases))))
        pointers = ("-opaque-pointers",) if self.llvm == 15 else ()  # LLVM 15 still knows both kinds
        load = f"-load-pass-plugin={self.plugin}"
        return opt.command(*pointers, load, "-passes=enzyme", *options, "-S", given, "-o", out)
