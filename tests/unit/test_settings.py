from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cargo_autodiff.errors import UsageError
from cargo_autodiff.settings import VARIABLES, Settings, variables_table


def test_nothing_set_is_nothing_asked() -> None:
    assert Settings.read({}) == Settings()


def test_every_variable_has_its_field() -> None:
    names = {variable.name.removeprefix("AUTODIFF_").lower() for variable in VARIABLES}

    assert names | {"search"} == set(Settings._fields)


def test_the_documentation_has_the_same_table() -> None:
    assert variables_table() in (Path(__file__).parents[2] / "docs" / "toolsets.md").read_text()


def test_values_are_typed() -> None:
    got = Settings.read({"AUTODIFF_PROFILE": "llvm15", "AUTODIFF_KEEP": "/kept", "PATH": "/bin", "AUTODIFF_PLUGIN": ""})

    assert got == Settings(profile="llvm15", keep=Path("/kept"), search="/bin")


@pytest.mark.parametrize("name", [variable.name for variable in VARIABLES])
def test_a_bad_value_names_its_variable(name: str) -> None:
    with pytest.raises(UsageError, match=f"{name} is `../x`, but must be"):
        Settings.read({name: "../x"})


def test_the_default_folder_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")

    assert Settings().tools_folder() == Path("/data/cargo-autodiff/tools")


def no_home() -> Path:
    raise RuntimeError("Could not determine home directory.")


def test_without_a_home_there_is_advice_instead_of_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setattr(Path, "home", no_home)  # such a user cannot be made here

    with pytest.raises(UsageError, match="no home folder") as caught:
        Settings().tools_folder()

    assert "AUTODIFF_TOOLS_DIR" in caught.value.hint


def test_what_every_build_imports_is_light() -> None:
    heavy = "{'plumbum', 'tomllib', 'rich', 'filelock', 'zipfile', 'tempfile'}"
    code = f"import sys, cargo_autodiff.toolchain.locate; print({heavy} & set(sys.modules) or 'none')"

    said = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert said.strip() == "none"


def test_an_experiment_is_named() -> None:
    got = Settings.read({"AUTODIFF_WITHOUT_RULES": "memmove, address-guard", "AUTODIFF_LOOSE_TYPES": "1"})

    assert got.without_rules == ("address-guard", "memmove")
    assert got.loose_types


@pytest.mark.parametrize("values", [{"AUTODIFF_WITHOUT_RULES": "a b"}, {"AUTODIFF_LOOSE_TYPES": "yes"}])
def test_an_experiment_that_says_nothing_we_understand_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=next(iter(values))):
        Settings.read(values)
