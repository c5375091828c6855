"""Shell scripts that do again what a run did, without the driver but for its IR steps."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Words = Sequence[str]

_REPLAY = """\
#!/bin/sh
# Replays what cargo autodiff ran, on the files of this folder.
set -eu
work=$(cd "$(dirname "$0")" && pwd)
"""

_BUILD = """\
#!/bin/sh
# Builds {program} as `cargo autodiff compile` did.
set -eu
"""

_OWN_FOLDER = """\
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"""

_AS_LINKER = """\
if [ $# -gt 0 ]; then
    # called by rustc, as its linker: native objects in place of bitcode
    for argument do
        shift
        case $argument in
            -Wl,-plugin-opt*) continue ;;
{cases}        esac
        set -- "$@" "$argument"
    done
    exec {linker} "$@"
fi
self=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
{own_folder}export work
"""


def write_replay(path: Path, folder: Path, done: Mapping[str, Sequence[Words]]) -> None:
    """Write the script that a kept folder holds. Raises FileError."""
    _write(path, _REPLAY + "".join(_line(words, folder) for lines in done.values() for words in lines))


def write_c_build(path: Path, folder: Path, program: Path, lines: Sequence[Words]) -> None:
    """Write the script that builds a program from C. Raises FileError."""
    text = _BUILD.format(program=program.name) + _OWN_FOLDER + _folders(lines, folder)
    _write(path, text + "".join(_line(words, folder) for words in lines))


def write_rust_build(
    path: Path, folder: Path, program: Path, *, rustc: Sequence[str], linker: str, done: Mapping[str, Sequence[Words]]
) -> None:
    """Write the script that builds a program from Rust: it is rustc's linker too, as the link gate is.

    `rustc` is the command without its linker; `done` holds the lines of each object by its name, without the part that
    differs in each run. Raises FileError.
    """
    names = sorted(done, key=len, reverse=True)  # one may be the beginning of another
    cases = "".join(_case(name, folder, done[name]) for name in names)
    head = _AS_LINKER.format(cases=cases, linker=shlex.quote(linker), own_folder=_OWN_FOLDER)
    command = f'cd {shlex.quote(str(Path.cwd()))}\n{shlex.join(rustc)} -Clinker="$self" -Clinker-flavor=gcc\n'
    _write(path, _BUILD.format(program=program.name) + head + command)


def _case(name: str, folder: Path, lines: Sequence[Words]) -> str:
    steps = [f'mkdir -p "$work"/{shlex.quote(name)}\n', f'cp "$argument" "$work"/{shlex.quote(name)}.bc\n']
    steps += [_line(words, folder) for words in lines]
    steps += [f'argument="$work"/{shlex.quote(name)}/crate.0.o\n']
    inside = "".join(f"                {step}" for step in steps)
    return f"            *{name}.*rcgu.o)\n{inside}                ;;\n"


def _folders(lines: Sequence[Words], folder: Path) -> str:
    names = {word[len(str(folder)) + 1 :].split("/")[0] for words in lines for word in words if _below(word, folder)}
    return "".join(f'mkdir -p "$work"/{shlex.quote(name)}\n' for name in sorted(names))


def _below(word: str, folder: Path) -> bool:
    return word.startswith(f"{folder}/") and "/" in word[len(str(folder)) + 1 :]


def _line(words: Words, folder: Path) -> str:
    """Quote a line, with the work folder as the variable `$work`, inside quotes too."""
    return " ".join(_word(word, str(folder)) for word in words) + "\n"


def _word(word: str, folder: str) -> str:
    return '"$work"'.join(shlex.quote(part) if part else "" for part in word.split(folder)) or "''"


def _write(path: Path, text: str) -> None:
    def put(temporary: Path) -> None:
        temporary.write_text(text)
        temporary.chmod(0o755)

    write_whole(path, put)
