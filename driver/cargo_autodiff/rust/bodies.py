"""Bodies of functions that live in other crates: from the bitcode inside the objects of their rlibs.

rustc puts the bitcode of each of std's objects into it, in a section `.llvmbc`; the driver puts a crate's into an
object of its own beside the others. A body is fetched only when a derivative reaches it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.closure import divide_statics, keep, own, undefined
from cargo_autodiff.ir.module import Module
from cargo_autodiff.rust.rlib import SECTION, Archive, providers
from cargo_autodiff.rust.rules.inactive import is_inactive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from cargo_autodiff.ir.libllvm import LibLLVM
    from cargo_autodiff.rust.rlib import Member

_ALLOCATOR = "7___rustc"


def holder(like: Module, bitcode: bytes) -> Module:
    """Make a module, for the target of another, whose object holds nothing but bitcode in a section.

    As assembly, because only there a section can be marked (`e`) as one that linkers leave out of programs.
    """
    module = Module.empty(like.llvm, like.context, "bitcode")
    module.set_target(like.triple, like.layout)
    escapes = [f"\\{byte:03o}" for byte in range(256)]  # a table: to write each byte anew takes ten times as long
    text = "".join(map(escapes.__getitem__, bitcode))
    assembly = f'.section {SECTION},"e"\n.ascii "{text}"\n.text\n'.encode()
    module.llvm.LLVMAppendModuleInlineAsm(module.ref, assembly, len(assembly))
    return module


def make(what: str, names: Sequence[str], made: Callable[[], bytes]) -> bytes:
    """Make prepared bodies, and remember none."""
    return made()


def fetch(
    module: Module,
    roots: Sequence[str],
    libraries: Iterable[Path],
    std: Iterable[Path] = (),
    remember: Callable[[str, Sequence[str], Callable[[], bytes]], bytes] = make,
) -> set[str]:
    """Leave what the roots reach, and link the bodies that it lacks, as far as the libraries have their bitcode.

    A body that needs a private static of its crate is refused, or, of `std`, left out: only its own crate can reach the
    static. Raises Refused. `remember` is asked for bodies of `std`, whose bitcode is large: it is given the object, the
    names, and what makes their bitcode, which is empty where they are left out. Gives the names that were looked for.
    """
    keep(module, roots)
    missing = _missing(module)
    if not missing:
        return set()
    # of std only Rust's own functions: what has a C name there (fmod, …) Enzyme knows by that name
    archives = [Archive(path, optional=False) for path in libraries] + [Archive(path, optional=True) for path in std]
    seen: set[str] = set()
    asked = set(missing)
    while wanted := providers(missing - seen, archives):
        seen |= wanted.keys()
        for member in sorted(set(wanted.values())):
            names = sorted(name for name in wanted if wanted[name] == member)
            if member.optional:
                bitcode = remember(member.label, names, partial(_prepared, module, member, names))
                if bitcode:
                    module.link(Module.parse(module.llvm, module.context, bitcode, member.label))
            elif (body := _read_body(module.llvm, module.context, member)) is not None:
                _close(body, names, member)
                module.link(body)
        missing = _missing(module)
        asked |= missing
    return asked


def _prepared(module: Module, member: Member, wanted: Sequence[str]) -> bytes:
    """Read what is wanted of a member of std; nothing, if it has no bitcode or needs a private static."""
    body = _read_body(module.llvm, module.context, member)
    if body is None:
        return b""
    try:
        _close(body, wanted, member)
    except Refused:
        return b""
    return body.bitcode()


def _close(body: Module, wanted: Sequence[str], member: Member) -> None:
    """Leave what is wanted of a crate's bitcode, with copies of its own of what that needs. Raises Refused."""
    keep(body, wanted)
    private = _private_static(body)
    if private:
        raise Refused(
            "a function of another crate cannot be differentiated here",
            why=f"it uses the private static `{private}` of {member.archive.name}",
            hint="put the derivative into that crate, or pass the static's content as a parameter",
        )
    for function in body.definitions():
        if function.name not in wanted:
            own(function)
    divide_statics(body)


def _private_static(body: Module) -> str:
    for variable in body.variables():
        if variable.is_local and not variable.is_declaration and not body.llvm.LLVMIsGlobalConstant(variable.ref):
            return variable.name
    return ""


def _missing(module: Module) -> set[str]:
    """Name the functions without body that could carry a derivative."""
    functions = (function for name in undefined(module) if (function := module.function(name)))
    return {
        function.name
        for function in functions
        if not function.has("noreturn") and not is_inactive(function.name) and _ALLOCATOR not in function.name
    }


def _read_body(llvm: LibLLVM, context: int, member: Member) -> Module | None:
    """Read the module inside an object of an archive, if it has any."""
    bitcode = member.bitcode()
    return Module.parse(llvm, context, bitcode, f"{member.archive} at {member.offset}") if bitcode else None
