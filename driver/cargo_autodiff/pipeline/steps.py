"""The steps that are done on a crate's IR in memory: each reads files and writes files, and knows no other step.

They run in the child process of worker.py, and from a shell as `cargo autodiff step NAME key=value…`, which is how a
kept build.sh replays them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cargo_autodiff.errors import UsageError
from cargo_autodiff.files import write_bytes
from cargo_autodiff.ir.asking import ENTRY, MARKER, REFUSED
from cargo_autodiff.ir.closure import close, graft, rename
from cargo_autodiff.ir.content import Stated, contents
from cargo_autodiff.ir.debug_content import without_variables
from cargo_autodiff.ir.debug_info import beginning
from cargo_autodiff.ir.machine import Tuning, emit, say_options
from cargo_autodiff.ir.machine import optimise as run_passes
from cargo_autodiff.ir.module import Module
from cargo_autodiff.ir.module_text import ModuleText
from cargo_autodiff.ir.parts import Part
from cargo_autodiff.ir.parts import cut as cut_out
from cargo_autodiff.ir.parts import divide as divide_module
from cargo_autodiff.ir.rules.computed_jumps import keep_tables
from cargo_autodiff.ir.sections import separate
from cargo_autodiff.named import as_dict, replace
from cargo_autodiff.pipeline.bodies import Bodies
from cargo_autodiff.pipeline.culprit import find
from cargo_autodiff.rust.bodies import fetch, holder, make
from cargo_autodiff.rust.debug_scripts import strip_debug_info
from cargo_autodiff.rust.locations import borrow_locations
from cargo_autodiff.rust.marker import Marked, read_marked
from cargo_autodiff.rust.rlib import outside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cargo_autodiff.ir.libllvm import LibLLVM
    from cargo_autodiff.ir.request import Request

Answer = dict[str, Any]
_TRUSTED = ["-disable-auto-upgrade-debug-info"]
"""LLVM verifies what has debug information, a third of the time of reading it; this rustc's has written just now."""


def gather(  # noqa: PLR0913 - the words of a step are its interface
    llvm: LibLLVM,
    context: int,
    *,
    given: str,
    out: str,
    libraries: Sequence[str] = (),
    std: str = "",
    recall: dict[str, str] | None = None,
    without: Sequence[str] = (),
) -> Answer:
    """Write everything that a module's derivatives reach, and nothing else, into `out`.

    Bodies that a derivative reaches in other crates come out of `libraries` (rlibs), and of those in the folder `std`.

    `recall` says where the store is, which remembers bodies of std, and what counts for its keys.

    Answers `derivatives`: for each the target and its place, whether it is optional, and, with `recall`, what it is by
    content; none, and no file, when the module asks for no derivative. With `recall` answers `outside` too: which
    objects of `libraries` have what was looked for there. Raises UsageError for a rule in `without` that there is not.
    """
    say_options(llvm, _TRUSTED)
    module = Module.read(llvm, context, Path(given))
    entries = read_marked(module)
    own = [entry.request.target for entry in entries] + callers_of_enzyme(module)
    if not own:
        return {"derivatives": []}
    if without:
        from cargo_autodiff.pipeline.rules import require_known

        require_known(without)
    borrow_locations(module)
    rlibs = sorted(Path(std).glob("*.rlib")) if std else ()
    sought = fetch(module, own, map(Path, libraries), rlibs, Bodies.open(recall).remember if recall else make)
    if sought:
        entries = read_marked(module)  # with those inside fetched bodies
    keep_tables(module)
    close(module)
    text = without_variables(module.text())
    write_bytes(Path(out), text)
    marked = {entry.request.target: entry for entry in entries}
    answer: list[Answer] = [{"target": target, "place": place_of(module, target, marked)} for target in own]
    for one in answer:
        if one["target"] in marked and marked[one["target"]].request.optional:
            one["optional"] = True
    if recall:
        stated = {target: _stated(entry.request) for target, entry in marked.items()}
        found = contents(text.decode(errors="surrogateescape"), own, stated)
        for one in answer:
            one["content"] = as_dict(found[one["target"]])
    return {"derivatives": answer, "outside": outside(sought, list(map(Path, libraries))) if recall else {}}


def place_of(module: Module, target: str, marked: dict[str, Marked]) -> str:
    """Say where a derivative was asked for in the user's source, as far as is known."""
    return marked[target].place if target in marked else function_place(module, target)


def _stated(request: Request) -> Stated:
    """Say what of a placeholder counts: the request, whatever body it has."""
    return Stated(text=repr(replace(request, source="", target="")), source=request.source)


def isolate(llvm: LibLLVM, context: int, *, given: str, units: dict[str, str]) -> Answer:
    """Cut what `gather` wrote into one unit per request, or per function that calls Enzyme.

    `units` names the file of each target, in which it is the only function that others could see.
    """
    whole = ModuleText(Path(given).read_text("utf-8", "surrogateescape"))
    for target, path in units.items():
        write_bytes(Path(path), whole.unit(target).encode(errors="surrogateescape"))
    return {}


def callers_of_enzyme(module: Module) -> list[str]:
    """Name the functions that call Enzyme by its own convention, as C sources do."""
    entries = [function for function in module.functions() if function.name.startswith(ENTRY)]
    return list(dict.fromkeys(call.function.name for entry in entries for call in entry.calls()))


def function_place(module: Module, target: str) -> str:
    """Say where a function stands in the user's source, as far as debug information tells."""
    function = module.function(target)
    return beginning(function) if function is not None else ""


def locate(llvm: LibLLVM, context: int, *, given: str, said: str) -> Answer:
    """Answer the `place` in the user's source of what Enzyme complains of, and the function that is `called` there."""
    found = find(Module.read(llvm, context, Path(given)), said)
    return {} if found is None else found._asdict()


def divide(  # noqa: PLR0913 - the words of a step are its interface
    llvm: LibLLVM,
    context: int,
    *,
    given: str,
    out: str,
    most: str = "1",
    inlining: str = "yes",
    debug: str = "",
    embed: str = "",
) -> Answer:
    """Say what is in each part of a crate's module, `most` at the most: answers the targets in each.

    The first part, which is the largest, is written to `out`.0.host.bc, or the whole module if it is not divided. For
    the others `cut` needs the module, `out`.divided.bc, and what is in each, `out`.parts.json. `debug=none` leaves no
    debug information. `embed=yes` adds a part that holds nothing but the module as it is, for derivatives in other
    crates. `inlining=no` is for code that is not optimised.
    """
    say_options(llvm, _TRUSTED)
    host = Module.read(llvm, context, Path(given))
    targets = [entry.request.target for entry in read_marked(host)] + callers_of_enzyme(host)
    if debug == "none":
        strip_debug_info(host)
    parts = divide_module(host, int(most), targets, inlining=inlining == "yes")
    inside = [[target for target in targets if target in part.kept] for part in parts] or [targets]
    if embed:
        holder(host, Path(given).read_bytes()).write(Path(f"{out}.{len(inside)}.host.bc"))
        inside.append([])
    if parts:
        write_bytes(Path(f"{out}.parts.json"), json.dumps([as_dict(part) for part in parts]).encode())
        host.write(Path(f"{out}.divided.bc"))
    (cut_out(host, parts[0]) if parts else host).write(Path(f"{out}.0.host.bc"))
    return {"parts": inside, "cut": len(parts)}


def cut(llvm: LibLLVM, context: int, *, given: str, parts: str, number: str, out: str) -> Answer:
    """Write a part; `divide` has said what is in each."""
    names = Part(**json.loads(Path(parts).read_bytes())[int(number)])
    cut_out(Module.read_lazily(llvm, context, Path(given)), names).write(Path(out))
    return {}


def build(  # noqa: PLR0913 - the words of a step are its interface
    llvm: LibLLVM,
    context: int,
    *,
    given: str,
    out: str,
    passes: str,
    level: str,
    tuning: dict[str, bool],
    derivatives: dict[str, str] | None = None,
    names: dict[str, dict[str, str]] | None = None,
    refused: Sequence[str] = (),
) -> Answer:
    """Put derivatives (target: path) in place of a part's placeholders; optimise and compile it as the profile says.

    `names` (target: old: new) says what symbols are called here that were called otherwise where it was made. The
    placeholders `refused` tell their callers so. It stays bitcode when `out` is named so.
    """
    say_options(llvm, _TRUSTED)
    part = Module.read(llvm, context, Path(given))
    modules = {target: Module.read(llvm, context, Path(path)) for target, path in (derivatives or {}).items()}
    for target, old_to_new in (names or {}).items():
        rename(modules[target], old_to_new)
    graft(part, modules)
    marker = part.function(MARKER)
    if marker is not None and not any(marker.users()):
        llvm.LLVMDeleteFunction(marker.ref)  # its name would say that something is still to be done
    elif marker is not None and refused:
        marker.replace_uses(part.declare(REFUSED, marker.value_type.ref))
        llvm.LLVMDeleteFunction(marker.ref)
    if modules:
        part.verify("graft")
    run_passes(part, passes, Tuning(**tuning))
    if out.endswith(".bc"):
        part.write(Path(out))
    else:
        separate(part)
        write_bytes(Path(out), emit(part, int(level)))
    return {}


STEPS: dict[str, Callable[..., Answer]] = {
    step.__name__: step for step in (gather, isolate, locate, divide, cut, build)
}


def named(step: str) -> Callable[..., Answer]:
    """Find a step. Those of a single derivative are imported, rules and all, when the first is asked for.

    Raises UsageError when there is none.
    """
    if step in STEPS:
        return STEPS[step]
    from cargo_autodiff.pipeline.unit_steps import STEPS as OF_UNITS

    if step not in OF_UNITS:
        raise UsageError("there is no such step", hint=f"one of {', '.join([*STEPS, *OF_UNITS])}")
    return OF_UNITS[step]
