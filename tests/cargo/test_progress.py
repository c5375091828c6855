"""What is told of derivatives while they are made: status lines, records among cargo's, and the page of timings."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cargo_autodiff.cargo.wrapper import WRAPPER
from cargo_autodiff.store.lock import only_one
from project import Project, installed

if TYPE_CHECKING:
    from cargo_autodiff.toolchain.locate import Toolchain
    from driving import Driver

LINE = "Differentiating generated::dline (1/1)"
BUILD = ("build", "-p", "generated")


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """The door and the driver as they are installed, beside packages that are built over and over."""

    driver: Driver
    project: Project
    door: Path

    def run(self, *words: str, **changed: str | Path | None) -> tuple[str, str]:
        """Build with pipes; give what went to each."""
        done = self.driver.run_program(self.door, *words, cwd=self.project.folder, **changed)
        assert done.code == 0, done.err
        return done.out, done.err

    def seen(self, *words: str, **changed: str | Path | None) -> str:
        """Build in a terminal; give all that it got."""
        ours, theirs = pty.openpty()
        variables = self.driver.environ({"TERM": "xterm", "NO_COLOR": None, **changed})
        process = subprocess.Popen(
            [self.door, *words], cwd=self.project.folder, env=variables, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        told = b""
        while process.poll() is None or select.select([ours], [], [], 0)[0]:
            if select.select([ours], [], [], 0.1)[0]:
                try:
                    told += os.read(ours, 1 << 16)
                except OSError:
                    break
        os.close(ours)
        assert process.wait() == 0, told
        return told.decode()

    def edit(self, package: str = "generated") -> None:
        self.project.edit(
            next(self.project.folder.glob(f"{package}/src/*.rs")).relative_to(self.project.folder).as_posix()
        )

    def edit_in_effect(self) -> None:
        """Change what is computed nowhere near a derivative."""
        with (self.project.folder / "generated" / "src" / "main.rs").open("a") as file:
            file.write(f'#[no_mangle]\npub extern "C" fn more_{os.urandom(4).hex()}() {{}}\n')


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.copied(tmp_path_factory.mktemp("progress"))


@pytest.fixture
def terminal(driver: Driver, project: Project, llvm22: Toolchain, tmp_path: Path) -> Terminal:
    """Each with an empty cache, and a crate that is to be built."""
    installed(tmp_path / "bin")
    door = Path(shutil.copy(WRAPPER.with_name("cargo-autodiff"), tmp_path / "bin"))
    made = Terminal(driver=driver, project=project, door=door)
    made.edit()
    return made


class TestStatusLines:
    def test_are_plain_without_a_terminal_and_not_said_again_when_all_is_fresh(self, terminal: Terminal) -> None:
        out, err = terminal.run(*BUILD)
        again = terminal.run(*BUILD)

        assert f"\n{LINE}\n" in err
        assert "\x1b" not in err
        assert out == ""
        assert again[0] == ""
        assert "generated::dline" not in again[1]

    def test_clear_cargos_progress_bar_in_a_terminal_and_look_like_cargos(self, terminal: Terminal) -> None:
        seen = terminal.seen(*BUILD)

        assert "\r\x1b[K\x1b[1m\x1b[32mDifferentiating\x1b[0m generated::dline (1/1)\r\n" in seen

    def test_have_no_style_where_none_is_wanted(self, terminal: Terminal) -> None:
        assert f"\x1b[K{LINE}\r\n" in terminal.seen(*BUILD, CARGO_TERM_COLOR="never")

    @pytest.mark.parametrize("how", ["-q", "--quiet", "CARGO_TERM_QUIET", "term.quiet"])
    def test_are_not_said_when_cargo_is_quiet(self, terminal: Terminal, how: str) -> None:
        config = terminal.project.folder / ".cargo" / "config.toml"
        config.parent.mkdir(exist_ok=True)
        config.write_text("[term]\nquiet = true\n" if how == "term.quiet" else "")
        changed = {how: "true"} if how.isupper() else {}
        words = [how] if how.startswith("-") else []

        try:
            assert "dline" not in terminal.seen(*BUILD, *words, **changed)
            terminal.edit()
            assert "dline" not in terminal.seen(*BUILD, *words, **changed), "what was remembered says so, too"
        finally:
            config.unlink()

    def test_say_what_was_found(self, terminal: Terminal) -> None:
        terminal.run(*BUILD)
        terminal.edit_in_effect()
        other = terminal.run(*BUILD)[1]
        terminal.edit()
        same = terminal.run(*BUILD)[1]

        assert "     Reusing generated::dline\n" in other
        assert "     Reusing generated::dline\n" in same

    def test_count_what_was_found(self, terminal: Terminal) -> None:
        terminal.edit("model")
        terminal.run("build", "-p", "model")
        terminal.edit("model")

        assert re.search(r"     Reusing \d derivatives of model\n", terminal.run("build", "-p", "model")[1])

    def test_go_to_a_file_only_behind_what_cargo_writes(self, terminal: Terminal, tmp_path: Path) -> None:
        for mode, lines in (("w", 0), ("a", 1)):
            terminal.edit()
            shutil.rmtree(terminal.driver.cache, ignore_errors=True)
            with (tmp_path / "log").open(mode) as log:
                environ = terminal.driver.environ({})
                words = [str(terminal.door), *BUILD]
                subprocess.run(words, cwd=terminal.project.folder, env=environ, stderr=log, check=True)
            said = (tmp_path / "log").read_text()
            assert said.count(LINE) == lines
            assert "Compiling generated" in said
            assert "\0" not in said

    def test_tell_who_is_waited_for(self, terminal: Terminal) -> None:
        terminal.run(*BUILD)
        (key,) = [
            path.name for path in (terminal.driver.cache / "ac").iterdir() if b'"derivative"' in path.read_bytes()
        ]
        for table in ("ac", "cas"):
            shutil.rmtree(terminal.driver.cache / table)
        terminal.edit()
        with only_one(terminal.driver.cache / "locks" / key, lambda _: None):
            words = [str(terminal.door), *BUILD]
            environ = terminal.driver.environ({})
            process = subprocess.Popen(
                words, cwd=terminal.project.folder, env=environ, stderr=subprocess.PIPE, text=True
            )
            assert process.stderr is not None
            told = next(line for line in process.stderr if "Waiting" in line)
        process.communicate(timeout=60)

        assert told == f"     Waiting for `generated::dline`, which process {os.getpid()} is making\n"
        assert process.returncode == 0


class TestRecords:
    def test_are_whole_lines_among_cargos(self, terminal: Terminal) -> None:
        out, err = terminal.run(*BUILD, "--message-format=json")
        told = [json.loads(line) for line in out.splitlines()]

        ours = [one for one in told if one["reason"].startswith("autodiff-")]
        (made,) = [one for one in ours if one["reason"] == "autodiff-derivative"]
        stages = [(one["derivative"], one["stage"]) for one in ours if one["reason"] == "autodiff-stage"]
        assert (made["crate"], made["name"], made["found"]) == ("generated", "generated::dline", False)
        assert re.fullmatch(r"generated/src/main\.rs:\d+:\d+", made["place"])
        assert made["seconds"] > 0
        assert stages[0] == (None, "rustc")
        assert {(None, "gather"), (None, "divide"), (None, "isolate")} <= set(stages)
        assert ("generated::dline", "differentiate") in stages
        assert (None, "build") in stages
        assert told[-1] == {"reason": "build-finished", "success": True}
        assert LINE in err

    @pytest.mark.parametrize("words", [("--message-format", "json"), ("--message-format=json-render-diagnostics",)])
    def test_of_what_was_found_say_so(self, terminal: Terminal, words: tuple[str, ...]) -> None:
        terminal.run(*BUILD)
        terminal.edit()

        told = [json.loads(line) for line in terminal.run(*BUILD, *words)[0].splitlines()]

        (found,) = [one for one in told if one["reason"] == "autodiff-derivative"]
        assert (found["name"], found["found"]) == ("generated::dline", True)

    def test_are_not_written_when_all_is_fresh_or_nobody_asked(self, terminal: Terminal) -> None:
        asked_nothing = terminal.run(*BUILD, "--message-format", "short")[0]
        fresh = terminal.run(*BUILD, "--message-format=json")[0]

        assert asked_nothing == ""
        assert '"reason": "autodiff-' not in fresh


class TestTimings:
    def told(self, folder: Path) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((folder / "autodiff-timing.json").read_text())
        return told

    def test_of_all_crates_are_beside_cargos_own(self, terminal: Terminal) -> None:
        terminal.edit("model")
        words = ("build", "-p", "generated", "-p", "model", "--timings")
        terminal.run(*words)
        folder = terminal.project.folder / "target" / "autodiff" / "cargo-timings"
        first = self.told(folder)
        terminal.edit()
        terminal.run(*words)
        second = self.told(folder)

        assert (folder / "cargo-timing.html").exists()
        assert {crate["crate"] for crate in first["crates"]} == {"generated", "model"}
        (crate,) = [crate for crate in first["crates"] if crate["crate"] == "generated"]
        (made,) = crate["derivatives"]
        assert (made["name"], made["found"]) == ("generated::dline", False)
        assert "differentiate" in {stage["stage"] for stage in made["stages"]}
        assert {"rustc", "gather", "divide", "build"} <= {stage["stage"] for stage in crate["stages"]}
        assert all(0 <= stage["began"] - crate["began"] <= crate["seconds"] for stage in made["stages"])
        assert [(crate["crate"], crate["derivatives"][0]["found"]) for crate in second["crates"]] == [
            ("generated", True)
        ]
        assert len(list(folder.glob("autodiff-timing-*.json"))) == 2, "one that stays for each build"

    def test_are_a_picture(self, terminal: Terminal, tmp_path: Path) -> None:
        terminal.run(*BUILD, "--timings", "--target-dir", str(tmp_path / "other"))

        page = (tmp_path / "other" / "autodiff" / "cargo-timings" / "autodiff-timing.html").read_text()
        picture = ET.fromstring(page[page.index("<svg") : page.index("</svg>") + len("</svg>")])  # noqa: S314 - ours
        svg = "{http://www.w3.org/2000/svg}"
        names = [text.text for text in picture.iter(f"{svg}text") if text.get("x") == "0"]
        bars = [title.text or "" for title in picture.iter(f"{svg}title")]
        assert names == ["generated", "generated::dline"]
        assert any(bar.startswith("generated::dline: differentiate, ") for bar in bars)
        assert "1 crates, 1 derivatives: 0 found, 1 made." in page

    def test_are_not_written_unless_asked_for(self, terminal: Terminal, tmp_path: Path) -> None:
        terminal.run(*BUILD, "--target-dir", str(tmp_path / "other"))

        assert list((tmp_path / "other").rglob("autodiff-timing*")) == []
