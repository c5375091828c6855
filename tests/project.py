"""The small packages of `cargo/packages`, copied to where a test may change them, and built by any cargo."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cargo.runtime import crates_folder
from cargo_autodiff.cargo.wrapper import WRAPPER
from driving import script

if TYPE_CHECKING:
    from driving import Done, Driver

PACKAGES = Path(__file__).parent / "cargo" / "packages"


@dataclass(frozen=True, kw_only=True)
class Project:
    """A workspace in a folder of its own, with the target directory of all who share the folder."""

    folder: Path

    @classmethod
    def copied(cls, place: Path) -> Project:
        folder = place / "work"
        shutil.copytree(PACKAGES, folder)
        manifest = folder / "Cargo.toml"
        manifest.write_text(manifest.read_text().replace("../../../crates", str(crates_folder())))
        return cls(folder=folder)

    def autodiff(self, driver: Driver, *words: str, code: int = 0, **changed: str | Path | None) -> Done:
        """Run `cargo autodiff`."""
        return driver.run(*words, cwd=self.folder, code=code, **changed)

    def cargo(self, driver: Driver, *words: str, code: int = 0, **changed: str | Path | None) -> Done:
        """Run cargo itself."""
        done = driver.run_program("cargo", *words, cwd=self.folder, **changed)
        assert done.code == code, done.err
        return done

    def edit(self, source: str) -> None:
        """Change a source file, and nothing of what it says."""
        with (self.folder / source).open("a") as file:
            file.write("// edited\n")


def rebuilt(done: Done) -> set[str]:
    """Name the crates that were compiled, from the messages of `--message-format=json`."""
    messages = [json.loads(line) for line in done.out.splitlines() if line.startswith("{")]
    made = [message for message in messages if message["reason"] == "compiler-artifact"]
    assert made, done.err
    return {message["target"]["name"] for message in made if not message["fresh"]}


def installed(folder: Path) -> Path:
    """Put the wrapper and the driver into a folder, as an installer does; give the wrapper."""
    folder.mkdir()
    script(folder / "cargo-autodiff-driver", f'exec "{sys.executable}" -P -m cargo_autodiff "$@"')
    return Path(shutil.copy(WRAPPER, folder))
