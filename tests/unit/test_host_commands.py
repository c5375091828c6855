from __future__ import annotations

from pathlib import Path

import pytest

from cargo_autodiff.errors import ToolsetError
from cargo_autodiff.toolchain.hosts.catalyst import SOURCE, CatalystHost, loader_path
from cargo_autodiff.toolchain.hosts.plugin import PluginHost
from cargo_autodiff.toolchain.probe import probe
from cargo_autodiff.toolchain.tool import Tool

GIVEN, OUT = Path("/w/a.ll"), Path("/w/a.grad.ll")
OPT = Tool(name="opt", path=Path("/llvm/bin/opt"))


def test_the_plugin_runs_its_pass_alone() -> None:
    host = PluginHost(opt=OPT, llvm=19, plugin=Path("/p/LLVMEnzyme-19.so"))

    assert host.command(GIVEN, OUT, ["-enzyme-print"]).shell() == (
        "/llvm/bin/opt -load-pass-plugin=/p/LLVMEnzyme-19.so -passes=enzyme -enzyme-print -S /w/a.ll -o /w/a.grad.ll"
    )


def test_llvm_15_is_told_to_use_opaque_pointers_and_where_the_alias_is() -> None:
    host = PluginHost(opt=OPT, llvm=15, plugin=Path("/p/x.so"), aliases=Path("/aliases"))

    assert host.command(GIVEN, OUT).shell().startswith("env LD_LIBRARY_PATH=/aliases /llvm/bin/opt -opaque-pointers ")


def test_catalysts_loader_comes_before_the_options_it_reads() -> None:
    host = CatalystHost(catalyst=Tool(name="catalyst", path=Path("/c")), loader=Path("/l.so"))

    assert host.command(GIVEN, OUT, ["--enzyme-print"]).shell() == (
        "/c --load-pass-plugin=/l.so --enzyme-rust-type=1 --enzyme-print /w/a.ll -o /w/a.grad.ll"
    )


def test_the_loader_is_named_by_its_source() -> None:
    assert SOURCE.exists()
    assert loader_path(Path("/t")).parent.name.startswith("enzyme-alone-")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("sleep 30", "did not end within 0.5 s"),
        ("kill -SEGV $$", "was killed by SIGSEGV"),
        ("kill -ABRT $$", "was killed by SIGABRT"),
        ("echo 'error: no pass enzyme' >&2; exit 1", "exited with 1"),
        ("exit 0", "ran, but made no derivative"),
    ],
)
def test_a_host_that_fails_is_said_in_time(tmp_path: Path, script: str, said: str) -> None:
    program = tmp_path / "opt"
    program.write_text(f"#!/bin/sh\n{script}\n".replace("sleep", "exec sleep"))
    program.chmod(0o755)
    host = PluginHost(opt=Tool(name="opt", path=program), llvm=22, plugin=Path("/p/LLVMEnzyme-22.so"))

    with pytest.raises(ToolsetError, match=said) as caught:
        probe(host, 0.5)

    assert "plugin LLVMEnzyme-22.so" in caught.value.problem


def test_a_host_that_works_passes(tmp_path: Path) -> None:
    program = tmp_path / "opt"
    program.write_text('#!/bin/sh\nfor out; do :; done\necho "define @diffesquare(" > "$out"\n')
    program.chmod(0o755)

    probe(PluginHost(opt=Tool(name="opt", path=program), llvm=22, plugin=Path("/p.so")), 5)
