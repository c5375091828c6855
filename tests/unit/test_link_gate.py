"""The gate in front of the linker, with a rustc and a linker of a few lines of shell."""

from __future__ import annotations

import shlex
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.cargo.linker import LinkGate
from cargo_autodiff.errors import Refused
from cargo_autodiff.toolchain.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from cargo_autodiff.toolchain.process import Running

WORDS = ["a.o", "with blank.o", "it's", 'quo"te', "back\\slash", "-Wl,-rpath,$ORIGIN", "tab\there", "", "ümlaut", "*"]


class Compiler:
    """A rustc that links, and the gate that it meets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.linked = folder / "linked"
        self.linker = folder / "real cc"
        self.program(self.linker, f'cat "${{1#@}}" > {shlex.quote(str(self.linked))}')
        (folder / "gate").mkdir()

    def program(self, path: Path, body: str) -> Path:
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    def run(self, body: str, rewrite: Callable[[list[str]], list[str]]) -> int:
        """Run rustc; `body` calls the linker as CC."""
        with LinkGate(str(self.folder / "gate"), str(self.linker)) as gate:
            script = self.program(self.folder / "rustc", body.replace("CC", shlex.quote(str(gate.script))))
            self.process: Running = Tool(name="rustc", path=script).command().start()
            return gate.wait(self.process, rewrite)


class Recorder:
    """Changes nothing, and remembers what it saw."""

    def __init__(self) -> None:
        self.lines: list[list[str]] = []

    def __call__(self, line: list[str]) -> list[str]:
        self.lines.append(line)
        return line


@pytest.fixture
def compiler(tmp_path: Path) -> Compiler:
    return Compiler(tmp_path)


def test_a_link_goes_on_with_the_arguments_of_the_answer(compiler: Compiler) -> None:
    assert compiler.run("exec CC bitcode.o -o prog", lambda line: ["native.o", *line[1:]]) == 0

    assert compiler.linked.read_text() == "native.o\n-o\nprog\n"


def test_rewriting_sees_every_word_as_it_was(compiler: Compiler) -> None:
    seen = Recorder()

    compiler.run(f"exec CC {shlex.join(WORDS)}", seen)

    assert seen.lines == [WORDS]


def test_the_linker_sees_every_word_as_it_was(compiler: Compiler) -> None:
    """In an argument file, which gcc and clang read by the rules of buildargv."""
    compiler.run("exec CC x", lambda _: WORDS)

    assert shlex.split(compiler.linked.read_text()) == WORDS


def test_an_argument_file_of_rustc_is_put_in(compiler: Compiler) -> None:
    args = compiler.folder / "linker-arguments"
    args.write_text("a.o\nwith\\ blank.o\nback\\\\slash\n")
    seen = Recorder()

    compiler.run(f"exec CC @{args}", seen)

    assert seen.lines == [["a.o", "with blank.o", "back\\slash"]]


def test_a_word_that_only_looks_like_an_argument_file_stays(compiler: Compiler) -> None:
    seen = Recorder()

    compiler.run("exec CC @nowhere", seen)

    assert seen.lines == [["@nowhere"]]


def test_several_links_are_answered_one_after_the_other(compiler: Compiler) -> None:
    seen = Recorder()

    compiler.run("CC a && CC b", seen)

    assert seen.lines == [["a"], ["b"]]


@pytest.mark.parametrize(("body", "code"), [("exit 0", 0), ("exit 101", 101), ("kill -SEGV $$", -11)])
def test_a_rustc_that_does_not_link_ends_as_it_ends(compiler: Compiler, body: str, code: int) -> None:
    assert compiler.run(body, lambda line: line) == code


def test_a_linker_that_fails_fails_rustcs_link(compiler: Compiler) -> None:
    compiler.program(compiler.linker, "exit 7")

    assert compiler.run("CC a; exit $?", lambda line: line) == 7


def test_an_error_while_rewriting_ends_rustc_and_goes_on(compiler: Compiler) -> None:
    def refuse(_: list[str]) -> list[str]:
        raise Refused("no")

    with pytest.raises(Refused):
        compiler.run("CC a; echo survived > survived", refuse)

    assert not compiler.linked.exists()
    assert compiler.process.wait() == -9


def test_after_an_error_no_linker_waits_for_an_answer(compiler: Compiler) -> None:
    def refuse(_: list[str]) -> list[str]:
        raise Refused("no")

    written = compiler.folder / "pid"
    with pytest.raises(Refused):
        compiler.run(f'sh -c \'echo $$ > "$1"; exec "$0" a\' CC {shlex.quote(str(written))}; true', refuse)

    linker = Path("/proc") / written.read_text().strip() / "cmdline"
    end = time.monotonic() + 10
    with suppress(OSError):  # it is gone, which can be between two looks at it
        while linker.read_bytes():  # a zombie has no command line
            assert time.monotonic() < end, "the script still waits"
            time.sleep(0.01)


def test_rustc_takes_the_flavour_of_its_command_line_from_the_name(compiler: Compiler) -> None:
    assert LinkGate(str(compiler.folder / "gate"), "cc").script.endswith("cc")
