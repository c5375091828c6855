"""Imports run one way (docs: layout), and only one module starts processes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import cargo_autodiff

ROOT = Path(cargo_autodiff.__file__).parent
MODULES = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py"))

BASE = {"codegen", "errors", "settings", "files", "named"}
MAY_IMPORT = {
    "codegen": set[str](),
    "errors": set[str](),
    "files": {"errors"},
    "named": set[str](),
    "settings": {"errors"},
    "ir": BASE | {"ir"},
    "rust": BASE | {"ir", "rust"},
    "toolchain": BASE | {"toolchain"},
    "store": BASE | {"store", "toolchain"},
    "pipeline": BASE | {"ir", "rust", "toolchain", "store", "pipeline"},
    "cargo": BASE | {"ir", "rust", "toolchain", "store", "pipeline", "cargo"},
    "cli": BASE | {"ir", "rust", "toolchain", "store", "pipeline", "cargo", "cli", "report"},
    "report": BASE | {"pipeline", "report"},
    "__init__": set[str](),
    "__main__": {"cli"},
}


def imported(module: Path) -> set[tuple[str, ...]]:
    """Give the dotted names that a module imports, anywhere in it, for types too."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / module).read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {tuple(name.split(".")) for name in names}
    return found


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_run_one_way(module: Path) -> None:
    layer = module.parts[0].removesuffix(".py")
    ours = {name[1] for name in imported(module) if name[0] == "cargo_autodiff" and len(name) > 1} - {"__version__"}

    assert ours <= MAY_IMPORT[layer]


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_only_the_tool_module_starts_processes(module: Path) -> None:
    starters = {"subprocess", "multiprocessing", "pexpect"}
    started = {name[0] for name in imported(module)} & starters

    assert started <= ({"subprocess"} if module == Path("toolchain/tool.py") else set())


def test_the_door_imports_nothing_heavy() -> None:
    heavy = {name[0] for name in imported(Path("__main__.py"))} - {"cargo_autodiff", "os", "sys", "__future__"}

    assert heavy == set()
