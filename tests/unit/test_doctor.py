from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.cli import doctor
from cargo_autodiff.errors import ToolsetError, UsageError
from cargo_autodiff.toolchain.examine import Finding, Report, State, look_at_folder, look_at_wrappers

if TYPE_CHECKING:
    from pathlib import Path


def test_a_bare_machine_is_told_everything_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environ = {"PATH": "/nonexistent", "AUTODIFF_TOOLS_DIR": str(tmp_path / "tools")}

    assert doctor.main([], environ) == ToolsetError.exit_code

    said = capsys.readouterr().out
    for name in ("cargo", "rustc", "opt", "llc", "libLLVM", "Enzyme host", "cc"):
        assert f" missing  {name}: " in said
    assert "help: run `cargo autodiff setup --profile llvm22`" in said
    assert said.splitlines()[0] == "tool set llvm22"
    assert said.splitlines()[-1] == "something that is needed is missing"


def test_json_holds_the_same_facts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environ = {"PATH": "/nonexistent", "AUTODIFF_TOOLS_DIR": str(tmp_path / "tools")}

    doctor.main(["--json", "--profile", "llvm19"], environ)

    facts = json.loads(capsys.readouterr().out)
    assert (facts["ok"], facts["profile"]) == (False, "llvm19")
    assert {finding["name"]: finding["state"] for finding in facts["findings"]}["cargo"] == "missing"
    assert {"cargo-autodiff", "python", "system"} <= set(facts["versions"])


def test_a_setting_that_makes_no_sense_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="AUTODIFF_PLUGIN"):
        doctor.main([], {"AUTODIFF_PLUGIN": "relative.so"})


def test_a_warning_is_no_failure() -> None:
    report = Report(profile="x", findings=(Finding(name="conflicts", state=State.WARNING, says="?"),), versions={})

    assert report.ok


def test_another_wrapper_is_a_conflict() -> None:
    assert look_at_wrappers({}).state is State.OK

    finding = look_at_wrappers({"RUSTC_WRAPPER": "sccache"})

    assert (finding.state, finding.says) == (State.WARNING, "RUSTC_WRAPPER=sccache is set")


def test_the_tools_folder_must_be_ours_alone(tmp_path: Path) -> None:
    folder = tmp_path / "tools"
    assert look_at_folder(folder).says.endswith("(`cargo autodiff setup` makes it)")
    folder.mkdir(mode=0o700)
    assert look_at_folder(folder).says.endswith("GB free)")
    folder.chmod(0o777)

    finding = look_at_folder(folder)

    assert finding.state is State.MISSING
    assert f"chmod 700 {folder}" in finding.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_a_read_only_tools_folder_is_a_warning(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    assert look_at_folder(tmp_path).state is State.WARNING
