"""rustc's command lines as cargo 1.95 sends them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cargo_autodiff.cargo.invocation import FRONT_END, RustcInvocation
from cargo_autodiff.codegen import DebugInfo, OptLevel
from cargo_autodiff.errors import FileError

LIBRARY = """
--crate-name my_lib --edition=2021 src/lib.rs --error-format=json
--json=diagnostic-rendered-ansi,artifacts,future-incompat --crate-type lib --emit=dep-info,metadata,link
-C embed-bitcode=no -C debuginfo=2 --check-cfg cfg(docsrs,test) -C metadata=9d2b -C extra-filename=-9d2b
--out-dir /t/debug/deps --target x86_64-unknown-linux-gnu -C incremental=/t/debug/incremental
-L dependency=/t/debug/deps --extern autodiff=/t/debug/deps/libautodiff-1.rmeta
""".split()  # noqa: SIM905 - as it stands on the command line
PROGRAM = """
--crate-name my_prog --edition=2021 src/main.rs --error-format=json --crate-type bin --emit=dep-info,link
-C opt-level=3 -C embed-bitcode=no -C metadata=1 -C extra-filename=-1 --out-dir /t/release/deps
--target x86_64-unknown-linux-gnu -C strip=debuginfo -L dependency=/t/release/deps
--extern my_lib=/t/release/deps/libmy_lib-9d2b.rlib
""".split()  # noqa: SIM905 - as it stands on the command line
OURS = "/gate/autodiff-cc"


def read(*args: str) -> RustcInvocation:
    return RustcInvocation(args)


class TestCrate:
    def test_of_a_library_is_one_archive(self) -> None:
        got = read(*LIBRARY)

        assert got.crate_name == "my_lib"
        assert got.crate_types == {"lib"}
        assert got.archives == [Path("/t/debug/deps/libmy_lib-9d2b.rlib")]

    def test_of_a_program_is_no_archive(self) -> None:
        got = read(*PROGRAM)

        assert got.crate_types == {"bin"}
        assert got.archives == []

    def test_of_tests_is_a_program(self) -> None:
        words = [word for word in LIBRARY if word not in ("--crate-type", "lib")]

        assert read(*words, "--test").crate_types == {"bin"}

    @pytest.mark.parametrize(
        ("kinds", "archives"),
        [
            (["--crate-type", "rlib"], ["libx.rlib"]),
            (["--crate-type=staticlib"], ["libx.a"]),
            (["--crate-type", "cdylib"], []),
            (["--crate-type", "cdylib,rlib"], ["libx.rlib"]),
            (["--crate-type", "lib", "--crate-type", "staticlib"], ["libx.a", "libx.rlib"]),
            ([], []),
        ],
    )
    def test_of_any_kind_names_the_archives_that_rustc_writes(self, kinds: list[str], archives: list[str]) -> None:
        assert [path.name for path in read("x.rs", "--crate-name", "x", *kinds).archives] == archives

    @pytest.mark.parametrize(
        ("words", "runs"),
        [
            (["--crate-type", "proc-macro"], True),
            (["--crate-name", "build_script_build", "--crate-type", "bin"], True),
            (["--crate-name", "builder", "--crate-type", "bin"], False),
            (["--test"], False),
        ],
    )
    def test_of_macros_and_build_scripts_runs_in_the_build(self, words: list[str], runs: bool) -> None:
        assert read("x.rs", *words).runs_in_the_build is runs

    def test_without_name_has_its_files(self) -> None:
        assert read("src/my-prog.rs").crate_name == "my_prog"

    def test_with_a_named_output_is_there(self) -> None:
        assert read("a.rs", "--crate-type=rlib", "-o", "/out/b.rlib").archives == [Path("/out/b.rlib")]


class TestLevel:
    @pytest.mark.parametrize(
        ("words", "level"),
        [
            ([], OptLevel.O0),
            (["-C", "opt-level=2"], OptLevel.O2),
            (["-Copt-level=s"], OptLevel.SIZE),
            (["--codegen", "opt-level=z"], OptLevel.SMALLEST),
            (["--codegen=opt-level=1"], OptLevel.O1),
            (["-Copt_level=1"], OptLevel.O1),
            (["-Copt-level=1", "-Copt-level=3"], OptLevel.O3),
            (["-O"], OptLevel.O3),
        ],
    )
    def test_is_the_users_in_every_spelling(self, words: list[str], level: OptLevel) -> None:
        assert read("a.rs", *words).level is level


class TestLinks:
    @pytest.mark.parametrize(
        ("emit", "links"),
        [
            ("dep-info,metadata,link", True),
            ("dep-info,link", True),
            ("link=/a/b", True),
            ("obj", True),
            ("dep-info,metadata", False),
            ("metadata", False),
        ],
    )
    def test_only_where_objects_are_asked_for(self, emit: str, links: bool) -> None:
        assert read("a.rs", f"--emit={emit}").links is links

    def test_by_default(self) -> None:
        assert read("a.rs").links


class TestLibraries:
    def test_are_the_named_ones_then_those_of_the_folders(self, tmp_path: Path) -> None:
        for name in ("libb-2.rlib", "liba-1.rlib", "liba-1.rmeta", "libc.so"):
            (tmp_path / name).touch()

        got = read("x.rs", "--extern", f"b={tmp_path}/libb-2.rlib", "-L", f"dependency={tmp_path}")

        assert [path.name for path in got.libraries] == ["libb-2.rlib", "liba-1.rlib"]

    def test_named_by_their_metadata_are_meant(self) -> None:
        assert read(*LIBRARY).libraries == [Path("/t/debug/deps/libautodiff-1.rlib")]

    @pytest.mark.parametrize("extern", ["proc=/x/libproc.so", "std"])
    def test_are_neither_macros_nor_names_alone(self, extern: str) -> None:
        assert read("x.rs", "--extern", extern).libraries == []

    def test_in_a_folder_without_kind_count_too(self, tmp_path: Path) -> None:
        (tmp_path / "liba.rlib").touch()

        assert [path.name for path in read("x.rs", "-L", str(tmp_path)).libraries] == ["liba.rlib"]


class TestArgumentFiles:
    def test_are_read_one_word_a_line(self, tmp_path: Path) -> None:
        (tmp_path / "args").write_text("--crate-name\nmy lib\n-C\nopt-level=2\n")

        got = read("--edition=2021", f"@{tmp_path}/args", "x.rs")

        assert (got.crate_name, got.level) == ("my lib", OptLevel.O2)
        assert got.args == ("--edition=2021", "--crate-name", "my lib", "-C", "opt-level=2", "x.rs")

    def test_of_other_separators_than_line_ends_are_whole(self, tmp_path: Path) -> None:
        (tmp_path / "args").write_text('--cfg\nfeature="a\u2028b"\n')

        assert read(f"@{tmp_path}/args", "x.rs").args == ("--cfg", 'feature="a\u2028b"', "x.rs")

    def test_that_are_missing_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(FileError) as caught:
            read(f"@{tmp_path}/nowhere")

        assert caught.value.where == f"{tmp_path}/nowhere"


class TestOurs:
    def test_keeps_every_word_that_is_not_the_drivers_business(self) -> None:
        kept = [word for word in read(*LIBRARY).ours(OURS) if word not in (*FRONT_END, f"-Clinker={OURS}")]

        at = LIBRARY.index("embed-bitcode=no")
        assert LIBRARY[at + 1 : at + 3] == ["-C", "debuginfo=2"]
        assert kept == [*LIBRARY[: at - 1], *LIBRARY[at + 3 :], "-Cdebug-assertions=on"]

    @pytest.mark.parametrize(
        "words",
        [
            ["-C", "opt-level=1"], ["-Copt-level=s"], ["--codegen=opt_level=1"], ["-O"], ["-Clto"], ["-C", "lto=fat"],
            ["-Clinker-plugin-lto=yes"], ["-C", "codegen-units=16"], ["-C", "linker=clang"], ["-Cembed-bitcode=yes"],
            ["-g"], ["-C", "debuginfo=1"],
        ],
    )  # fmt: skip
    def test_takes_over_what_decides_how_code_is_made(self, words: list[str]) -> None:
        assert not set(words[-1:]) & set(read("x.rs", *words).ours(OURS))
        assert "-C" not in read("x.rs", *words).ours(OURS)

    def test_asks_for_untouched_bitcode_and_for_our_link(self) -> None:
        assert read("x.rs").ours(OURS)[-6:] == [*FRONT_END, "-Clinker=/gate/autodiff-cc"]

    @pytest.mark.parametrize(
        ("words", "added"),
        [
            ([], True),
            (["-Copt-level=0"], True),
            (["-Copt-level=1"], False),
            (["-O"], False),
            (["-Cdebug-assertions=off"], False),
            (["-Copt-level=3", "-Cdebug-assertions=on"], False),
        ],
    )
    def test_has_debug_checks_as_the_users_level_has_them(self, words: list[str], added: bool) -> None:
        """The level itself is raised to 3, at which rustc leaves them out."""
        ours = read("x.rs", *words).ours(OURS)

        assert ours.count("-Cdebug-assertions=on") == int(added or "-Cdebug-assertions=on" in words)


@pytest.mark.parametrize(
    ("words", "debug"),
    [
        ([], DebugInfo.NONE),
        (["-Cdebuginfo=0"], DebugInfo.NONE),
        (["-C", "debuginfo=line-tables-only"], DebugInfo.LINES),
        (["-Cdebuginfo=2", "-Cdebuginfo=1"], DebugInfo.LINES),
        (["-g"], DebugInfo.FULL),
        (["-Cdebuginfo=full"], DebugInfo.FULL),
    ],
)
def test_the_debug_information_asked_for_is_read(words: list[str], debug: DebugInfo) -> None:
    assert read("x.rs", *words).debug is debug


def test_the_users_linker_is_cc_unless_named() -> None:
    assert read("x.rs").linker == "cc"
    assert read("x.rs", "-Clinker=/usr/bin/clang").linker == "/usr/bin/clang"


def test_an_option_in_a_value_is_no_option() -> None:
    assert read("x.rs", "--cfg", "-O", "--crate-name", "--test").crate_types == {"bin"}
    assert read("x.rs", "--cfg", "-O").level is OptLevel.O0


@pytest.mark.parametrize(
    ("words", "wants"), [(["--error-format=json"], True), (["--error-format", "json"], True), ([], False)]
)
def test_diagnostics_are_wanted_as_json_by_cargo(words: list[str], wants: bool) -> None:
    assert read("x.rs", *words).wants_json is wants
