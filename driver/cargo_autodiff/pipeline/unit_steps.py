"""The steps that one derivative goes through before and after Enzyme; as those of steps.py."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cargo_autodiff.errors import DriverError, ToolFailed
from cargo_autodiff.ir.asking import MARKER
from cargo_autodiff.ir.enzyme_call import rewrite as rewrite_request
from cargo_autodiff.ir.machine import optimise, say_options
from cargo_autodiff.ir.module import Module
from cargo_autodiff.ir.request import parse_request, read_requests
from cargo_autodiff.ir.rules import zero_shadows
from cargo_autodiff.pipeline.rules import (
    AFTER_ENZYME,
    AFTER_FIRST_ROUND,
    AFTER_REQUESTS,
    AFTER_SECOND_ROUND,
    BEFORE_ENZYME,
    BEFORE_FIRST_ROUND,
    BEFORE_VECTORISING,
    WITH_SHADOWS,
    WITH_WHOLE_WORDS,
)
from cargo_autodiff.pipeline.steps import place_of
from cargo_autodiff.rust.marker import Marked, read_marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cargo_autodiff.ir.libllvm import LibLLVM
    from cargo_autodiff.ir.request import Request
    from cargo_autodiff.ir.rule import Rule
    from cargo_autodiff.pipeline.steps import Answer


def request(
    llvm: LibLLVM, context: int, *, given: str, out: str, whole: str = "", without: Sequence[str] = ()
) -> Answer:
    """Let the placeholders of a unit call Enzyme, after the rules that come before the first round.

    With `whole` variables that are several things are not taken apart in the first round.

    Raises Refused where a rule refuses the unit.
    """
    unit = Module.read(llvm, context, Path(given))
    _expect_debug_info(unit, Path(given))
    marked = {entry.request.target: entry for entry in read_marked(unit)}
    root = next(function.name for function in unit.definitions() if not function.is_local)
    rules = (*BEFORE_FIRST_ROUND, *(WITH_WHOLE_WORDS if whole else ()))
    with _placed(place_of(unit, root, marked)):
        _rewrite_unit(unit, root, marked, rules, without)
    unit.write(Path(out))
    return {}


def _expect_debug_info(unit: Module, given: Path) -> None:
    """Raise ToolFailed if LLVM has dropped debug information, as it does when it finds a fault in it: rules read it."""
    units = b"llvm.dbg.cu"
    if b"!" + units in given.read_bytes() and not unit.llvm.LLVMGetNamedMetadataNumOperands(unit.ref, units):
        raise ToolFailed(
            "LLVM does not take the debug information of a unit",
            hint="this is a bug of cargo-autodiff: please report it with the kept stages (AUTODIFF_KEEP)",
        )


def _rewrite_unit(
    unit: Module, root: str, marked: dict[str, Marked], rules: tuple[Rule, ...], without: Sequence[str]
) -> None:
    _apply(unit, rules, without)
    for target, entry in marked.items():
        entry.require_own_primal()
        rewrite_request(unit, entry.request)
        zero_shadows.note(unit, entry.request)
        placeholder = unit.function(target)
        if placeholder is not None and target != root:
            # Enzyme makes inner derivatives first only where their call stands in the function it differentiates
            placeholder.add("alwaysinline")
    _apply(unit, AFTER_REQUESTS, without)
    marker = unit.function(MARKER)
    if marker is not None:
        unit.llvm.LLVMDeleteFunction(marker.ref)
    unit.verify("rewrite")


def rewrite(llvm: LibLLVM, context: int, *, given: str, out: str, requests: Sequence[str], table: str = "") -> Answer:
    """Rewrite requests that a person gives, in IR that no attribute marked; the module stays whole."""
    module = Module.read(llvm, context, Path(given))
    wanted: list[Request] = [parse_request(text) for text in requests]
    wanted += read_requests(Path(table)) if table else []
    for entry in read_marked(module):
        entry.require_own_primal()
        wanted.append(entry.request)
    for request in wanted:
        rewrite_request(module, request)
    module.verify("rewrite")
    module.write(Path(out))
    return {"rewritten": len(wanted)}


def prepare(
    llvm: LibLLVM,
    context: int,
    *,
    given: str,
    out: str,
    passes: str,
    flags: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Answer:
    """Run the first round, once more if rules find what lets it do more; `flags` are options of LLVM's command line."""
    unit = Module.read(llvm, context, Path(given))
    say_options(llvm, flags)
    optimise(unit, passes)
    if _apply(unit, AFTER_FIRST_ROUND, without):
        optimise(unit, passes)
    unit.write(Path(out))
    return {}


def shape(llvm: LibLLVM, context: int, *, given: str, out: str, zeros: str = "", without: Sequence[str] = ()) -> Answer:
    """Apply the rules between first round and Enzyme; debug information goes (Enzyme issue 2481).

    With `zeros` Const parameters get shadows.
    """
    module = Module.read(llvm, context, Path(given))
    _apply(module, (*(WITH_SHADOWS if zeros else ()), *BEFORE_ENZYME), without)
    llvm.LLVMStripModuleDebugInfo(module.ref)
    module.write(Path(out))
    return {}


def settle(llvm: LibLLVM, context: int, *, given: str, like: str, out: str, without: Sequence[str] = ()) -> Answer:
    """Apply the rules after Enzyme; target triple and data layout become those of `like` again."""
    model = Module.read(llvm, context, Path(like))
    module = Module.read(llvm, context, Path(given))
    module.set_target(model.triple, model.layout)
    _apply(module, AFTER_ENZYME, without)
    module.write(Path(out))
    return {}


def finish(
    llvm: LibLLVM,
    context: int,
    *,
    given: str,
    out: str,
    passes: str,
    vectorising: str,
    without: Sequence[str] = (),
) -> Answer:
    """Run the second round, in two halves with rules between them: `passes`, and `vectorising` with what follows it."""
    module = Module.read(llvm, context, Path(given))
    optimise(module, passes)
    _apply(module, BEFORE_VECTORISING, without)
    optimise(module, vectorising)
    _apply(module, AFTER_SECOND_ROUND, without)
    module.write(Path(out))
    return {}


def _apply(module: Module, rules: tuple[Rule, ...], without: Sequence[str]) -> bool:
    """Apply rules; tell whether one says that it found something."""
    found = False
    for rule in rules:
        if rule.name in without:
            continue
        found |= bool(rule.apply(module))
        module.verify(rule.name)
    return found


@contextmanager
def _placed(place: str) -> Iterator[None]:
    """Give an error that knows no place the place of the attribute."""
    try:
        yield
    except DriverError as error:
        error.where = error.where or place
        raise


STEPS: dict[str, Callable[..., Answer]] = {
    step.__name__: step for step in (request, rewrite, prepare, shape, settle, finish)
}
