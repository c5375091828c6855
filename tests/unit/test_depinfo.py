from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.cargo.depinfo import add_to_depinfo, driver_files, sources

if TYPE_CHECKING:
    import pytest

RUSTC_WROTE = "/out/libx.rlib: src/lib.rs src/a.rs\n\n/out/x.d: src/lib.rs\n\nsrc/lib.rs:\nsrc/a.rs:\n"


def test_files_join_the_first_rule_only(tmp_path: Path) -> None:
    depinfo = tmp_path / "x.d"
    depinfo.write_text(RUSTC_WROTE)

    add_to_depinfo(depinfo, [tmp_path / "opt", tmp_path / "with space"], {})

    first, _, third, *_ = depinfo.read_text().split("\n")
    assert first == rf"/out/libx.rlib: src/lib.rs src/a.rs {tmp_path}/opt {tmp_path}/with\ space"
    assert third == "/out/x.d: src/lib.rs"


def test_settings_are_named_with_their_value_or_as_unset(tmp_path: Path) -> None:
    depinfo = tmp_path / "x.d"
    depinfo.write_text(RUSTC_WROTE)

    add_to_depinfo(depinfo, [], {"AUTODIFF_PROFILE": "llvm15"})

    lines = depinfo.read_text().split("\n")
    assert "# env-dep:AUTODIFF_PROFILE=llvm15" in lines
    assert "# env-dep:AUTODIFF_PLUGIN" in lines


def test_no_file_is_made_where_rustc_made_none(tmp_path: Path) -> None:
    add_to_depinfo(tmp_path / "x.d", [], {})

    assert list(tmp_path.iterdir()) == []


def test_every_file_of_a_driver_that_is_not_installed_counts() -> None:
    names = {path.name for path in driver_files()}
    assert "kept_caches.ll" in names

    assert {"errors.py", "one_exit.py", "std_functions.py"} <= names


def test_one_file_stands_for_a_driver_that_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "crates").mkdir()
    monkeypatch.setattr("cargo_autodiff.cargo.depinfo._PACKAGE", tmp_path)

    assert driver_files.__wrapped__() == (tmp_path / "__init__.py",)


def test_what_a_crate_was_made_from_is_read_again(tmp_path: Path) -> None:
    depinfo = tmp_path / "x.d"
    depinfo.write_text(RUSTC_WROTE)
    add_to_depinfo(depinfo, [tmp_path / "with space"], {})

    assert sources(depinfo, Path("src/lib.rs")) == [
        Path("src/lib.rs"),
        *(Path(name) for name in ("src/lib.rs", "src/a.rs")),
        tmp_path / "with space",
    ]


def test_without_such_a_file_only_the_root_is_known(tmp_path: Path) -> None:
    assert sources(tmp_path / "x.d", Path("src/lib.rs")) == [Path("src/lib.rs")]
    assert sources(None, Path("src/lib.rs")) == [Path("src/lib.rs")]
