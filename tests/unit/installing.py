"""Install a fake tool set in a process of its own, which tests start, hold and kill.

usage: installing.py FOLDER hold|tell

hold: stop in the middle of a member until a line on stdin; tell: print every step.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cli import setup
from cargo_autodiff.errors import DriverError
from cargo_autodiff.toolchain.install import Silent
from cargo_autodiff.toolchain.profile import Profiles
from fake_toolset import fake_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.toolchain.install import InstallEvents


class Holding(Silent):
    def advanced(self, count: int) -> None:
        print("inside", flush=True)
        sys.stdin.readline()


class Telling(Silent):
    def began(self, what: str, size: int) -> None:
        print(what, flush=True)


def main(folder: Path, mode: str) -> int:
    fake = fake_set(folder)
    events = Holding() if mode == "hold" else Telling()

    @contextmanager
    def listener() -> Iterator[InstallEvents]:
        yield events

    setattr(setup, "listener", listener)  # noqa: B010
    setattr(setup, "read_profiles", lambda: Profiles(default="fake", table={"fake": fake.profile}))  # noqa: B010
    environ = {"AUTODIFF_TOOLS_DIR": str(fake.tools), "PATH": "/nonexistent"}
    try:
        return setup.main(["--offline", str(folder / "wheels")], environ)
    except DriverError as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
