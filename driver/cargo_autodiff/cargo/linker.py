"""The gate in front of the linker: rustc's link waits until its objects have their derivatives.

rustc gets a small shell script as its linker. The script writes its arguments down, asks through a named pipe and
waits; when the answer comes it becomes the real linker, with the arguments of the answer. So rustc's temporary files
are still there, its own messages about a failed link stay true, and no second Python process is needed.

The gate is there before rustc is started, so what only its use needs is imported then.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path
    from typing import Self

    from cargo_autodiff.toolchain.process import Running

# rustc takes the flavour of the command line from the name: it must end in `cc`
_NAME = "autodiff-cc"

_PID = 32  # bytes that hold the number of a process and the end of its line

_SCRIPT = """\
#!/bin/sh
# The linker as rustc sees it during `cargo autodiff`; see cargo/linker.py.
exec 3< {answer}
printf '%s\\0' "$@" > {line} && echo $$ > {ask} || exit 1
read -r verdict <&3
[ "$verdict" = link ] || exit 1
exec {linker} @{response} 3<&-
"""


class LinkGate:
    """The gate of one rustc process; use it as a context manager. `folder` must be empty and stays ours."""

    def __init__(self, folder: str, linker: str) -> None:
        self.script, self._line, self._ask, self._answer, self._response = (
            f"{folder}/{name}" for name in (_NAME, "line", "ask", "answer", "response")
        )
        os.mkfifo(self._ask)
        os.mkfifo(self._answer)
        paths = {
            "line": self._line,
            "ask": self._ask,
            "answer": self._answer,
            "response": self._response,
            "linker": linker,
        }
        text = _SCRIPT.format(**{key: _for_shell(path) for key, path in paths.items()})
        with open(self.script, "w", errors="surrogateescape") as file:  # noqa: PTH123
            file.write(text)
        os.chmod(self.script, 0o755)  # noqa: PTH101, S103 - in a folder of ours alone

    def __enter__(self) -> Self:
        # both ends are open here, so that opening never blocks, and a reader sees the end when this process is gone
        self._asked = os.open(self._ask, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._answered = os.open(self._answer, os.O_RDWR | os.O_CLOEXEC)
        return self

    def __exit__(self, *_: object) -> None:
        # first the names, then the ends: a script that is on its way finds no pipe, or one that is over, and ends too
        for pipe in (self._ask, self._answer):
            if os.path.exists(pipe):  # noqa: PTH110
                os.unlink(pipe)  # noqa: PTH108
        os.close(self._asked)
        os.close(self._answered)

    def wait(
        self,
        rustc: Running,
        rewrite: Callable[[list[str]], list[str]],
        *,
        meanwhile: list[Callable[[], object]] | None = None,
        beside: Callable[[], object] = lambda: None,
    ) -> int:
        """Wait for rustc's end and return its code; let `rewrite` change the arguments of each link.

        As long as there is nothing else to do, what is in `meanwhile` is taken from its end and called. While the
        linker works, `beside` is called.

        When `rewrite` raises, rustc and its linker are ended and the error goes on. A script that waits ends too: it
        has the pipe open since before it asked, and reads its end when nobody is left to answer.
        """
        import select
        import signal
        from contextlib import suppress
        from pathlib import Path

        process = os.pidfd_open(rustc.pid)
        linkers: list[int] = []
        try:
            while True:
                ready, _, _ = select.select([self._asked, process], [], [], 0 if meanwhile else None)
                if meanwhile and not ready:
                    meanwhile.pop()()
                    continue
                if self._asked not in ready:
                    return rustc.wait()
                linkers.append(os.pidfd_open(int(os.read(self._asked, _PID))))  # it waits for the answer
                arguments = Path(self._line).read_text(errors="surrogateescape").split("\0")[:-1]
                write_response(Path(self._response), rewrite(expanded(arguments)))
                os.write(self._answered, b"link\n")
                beside()
        except BaseException:
            rustc.kill()
            rustc.wait()
            for linker in linkers:
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(linker, signal.SIGTERM)
            raise
        finally:
            for descriptor in (process, *linkers):
                os.close(descriptor)


def expanded(arguments: Sequence[str]) -> list[str]:
    """Put in what rustc wrote into an argument file because the line was too long."""
    import shlex
    from contextlib import suppress
    from pathlib import Path

    found = []
    for argument in arguments:
        if argument.startswith("@"):
            with suppress(OSError):
                found += shlex.split(Path(argument[1:]).read_text())
                continue
        found.append(argument)
    return found


def _for_shell(word: str) -> str:
    """Quote as shlex does, which takes regular expressions to import."""
    quote = "'"
    return f"{quote}{word.replace(quote, quote + chr(92) + quote + quote)}{quote}"


def write_response(path: Path, arguments: Iterable[str]) -> Path:
    """Write an argument file as gcc and clang read it; return its path."""
    path.write_text("".join(f"{_quoted(argument)}\n" for argument in arguments), errors="surrogateescape")
    return path


def _quoted(argument: str) -> str:
    """Quote a word for gcc's and clang's argument files."""
    return '""' if not argument else "".join(f"\\{char}" if char in " \t\n\\'\"" else char for char in argument)
