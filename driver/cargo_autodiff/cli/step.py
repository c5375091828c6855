"""`cargo autodiff step NAME key=value…`: one step of the pipeline on files, for a kept build.sh."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING

from cargo_autodiff.errors import UsageError
from cargo_autodiff.pipeline.steps import named
from cargo_autodiff.pipeline.worker import Worker
from cargo_autodiff.settings import Settings
from cargo_autodiff.toolchain.locate import choose_profile, locate, rustc_if_any
from cargo_autodiff.toolchain.profile import read_profiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cargo_autodiff.pipeline.plan import Argument


def main(argv: list[str], environ: Mapping[str, str]) -> int:
    """Run the step; what it answers is in the files it wrote."""
    step = named(argv[0] if argv else "")
    arguments: dict[str, Argument] = {}
    for word in argv[1:]:
        key, equals, value = word.partition("=")
        if not equals:
            raise UsageError(f"`{word}` is not `key=value`")
        arguments[key] = _read(key, value)
    try:
        inspect.signature(step).bind(None, 0, **arguments)
    except TypeError as error:
        raise UsageError(f"this does not fit the step `{argv[0]}`", why=str(error)) from None
    settings = Settings.read(environ)
    toolchain = locate(choose_profile(read_profiles(), settings), settings, rustc_if_any(environ))
    with Worker(toolchain.libllvm, toolchain.llvm.major) as worker:
        worker.do(argv[0], **arguments)
    return 0


def _read(key: str, value: str) -> Argument:
    if not value.startswith(("{", "[")):
        return value
    try:
        read: Argument = json.loads(value)
    except ValueError as error:
        raise UsageError(f"the value of `{key}` is not JSON", why=str(error)) from None
    return read
