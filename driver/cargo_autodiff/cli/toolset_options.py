"""The options that choose a tool set, the same for every verb."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from cargo_autodiff.settings import Settings


def add_toolset_options(parser: argparse.ArgumentParser) -> None:
    """Add --profile and --plugin."""
    parser.add_argument("--profile", metavar="NAME", help="the tool set: llvm22, llvm15, or llvmN with your own plugin")
    parser.add_argument("--plugin", metavar="FILE", type=Path, help="an Enzyme plugin of your own, LLVMEnzyme-N.so")


def with_toolset_options(settings: Settings, options: argparse.Namespace) -> Settings:
    """Let the command line overrule the environment."""
    if options.profile:
        settings = settings._replace(profile=options.profile)
    if options.plugin:
        settings = settings._replace(plugin=options.plugin.absolute())
    return settings
