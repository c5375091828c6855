"""The first page is true: its program prints what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cargo_autodiff.toolchain.locate import Toolchain

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def fenced(language: str, after: str) -> str:
    """The first block of a language behind a text."""
    found = re.search(rf"```{language}\n(.*?)```", README[README.index(after) :], re.DOTALL)
    assert found is not None
    return found[1]


def test_the_ten_lines_print_what_the_readme_says(llvm22: Toolchain, tmp_path: Path) -> None:
    (tmp_path / "energy.rs").write_text(fenced("rust", "## Ten lines"))
    said = fenced("console", "## Ten lines").splitlines()[1:]

    subprocess.run([sys.executable, "-m", "cargo_autodiff", "compile", "energy.rs"], cwd=tmp_path, check=True)
    printed = subprocess.run([tmp_path / "energy"], check=True, capture_output=True, text=True).stdout

    assert printed.splitlines() == said


def test_both_commands_are_there_to_be_run() -> None:
    for command in re.findall(r"\$ (\./scripts/\w+)", README):
        assert os.access(ROOT / command, os.X_OK), command


def test_every_link_into_the_project_leads_somewhere() -> None:
    links = {target.partition("#")[0] for target in re.findall(r"\]\((?!http)([^)#]+[^)]*)\)", README)}

    assert [link for link in sorted(links) if not (ROOT / link).exists()] == []
