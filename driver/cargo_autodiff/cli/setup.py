"""`cargo autodiff setup`: install what a tool set needs and the system does not have."""

from __future__ import annotations

import argparse
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cli.toolset_options import add_toolset_options, with_toolset_options
from cargo_autodiff.errors import Interrupted
from cargo_autodiff.settings import Settings
from cargo_autodiff.toolchain.install import InstallEvents, install
from cargo_autodiff.toolchain.locate import choose_profile, locate, rustc_if_any
from cargo_autodiff.toolchain.probe import probe
from cargo_autodiff.toolchain.profile import read_profiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.progress import Progress, TaskID


PATIENCE = 60.0  # seconds for the Enzyme host's first run, from a cold disk


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Install the chosen tool set, and prove that it works."""
    parser = argparse.ArgumentParser(prog="cargo autodiff setup", description=__doc__)
    add_toolset_options(parser)
    parser.add_argument("--offline", metavar="DIR", type=Path, help="take the wheels from this folder, not the network")
    options = parser.parse_args(argv)
    settings = with_toolset_options(Settings.read(environ), options)
    if options.offline:
        settings = settings._replace(wheels=options.offline.absolute())
    rustc = rustc_if_any(environ)
    profile = choose_profile(read_profiles(), settings, rustc)
    try:
        with listener() as events:
            done = install(profile, settings, events, rustc)
    except KeyboardInterrupt:
        raise Interrupted("the installation was interrupted", hint="run it again; whole wheels are kept") from None
    toolchain = locate(profile, settings, rustc)
    probe(toolchain.host, PATIENCE)
    verb = "Installed" if done else "Fresh"
    say(f"{verb:>12} tool set {profile.name}: LLVM {toolchain.llvm}, Enzyme from {toolchain.host.name}")
    return 0


def say(line: str) -> None:
    """Tell a person."""
    print(line, file=sys.stderr)


@contextmanager
def listener() -> Iterator[InstallEvents]:
    """Show a bar on a terminal, a line a step elsewhere."""
    if not sys.stderr.isatty():
        yield Lines()
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        yield Bars(progress)


class Lines:
    """One line a step."""

    def began(self, what: str, size: int) -> None:
        """Name the step."""
        verb, _, rest = what.partition(" ")
        say(f"{verb:>12} {rest}" + (f" ({size / 1e6:.0f} MB)" if size else ""))

    def advanced(self, count: int) -> None:
        """Say nothing."""

    def ended(self, what: str) -> None:
        """Say nothing."""


class Bars:
    """One bar a step; it runs back and forth while pip, which does not say how far it is, downloads."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.task: TaskID | None = None

    def began(self, what: str, size: int) -> None:
        """Begin a bar."""
        total = size if what.startswith("Unpacking") else None
        self.task = self.progress.add_task(what, total=total)

    def advanced(self, count: int) -> None:
        """Move it."""
        if self.task is not None:
            self.progress.advance(self.task, count)

    def ended(self, what: str) -> None:
        """Take it away, and leave a line."""
        if self.task is not None:
            self.progress.remove_task(self.task)
        verb, _, rest = what.partition(" ")
        self.progress.console.print(f"{verb:>12} {rest}", highlight=False)
