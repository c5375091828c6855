"""Debug information: where an instruction comes from, through which functions, and what their types look like.

Positions of operands: llvm/include/llvm/IR/DebugInfoMetadata.h, LLVM 15 to 22. What decides anything, and is not only
for messages, must count for a derivative's key: `debug_content`.
"""

from __future__ import annotations

import ctypes
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.ir.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cargo_autodiff.ir.libllvm import LibLLVM
    from cargo_autodiff.ir.value import Function, Instruction

_SCOPE, _NAME = 1, 2


class NodeKind(IntEnum):
    """The members of LLVMMetadataKind that anything here asks for."""

    SUBRANGE = 9
    ENUMERATOR = 10
    BASIC_TYPE = 11
    DERIVED_TYPE = 12
    COMPOSITE_TYPE = 13
    SUBPROGRAM = 17
    NAMESPACE = 20


class Node(NamedTuple):
    """A metadata node."""

    llvm: LibLLVM
    context: int
    ref: int

    @property
    def kind(self) -> int:
        """LLVMMetadataKind as a number; see NodeKind."""
        return self.llvm.LLVMGetMetadataKind(self.ref)

    def operands(self) -> list[Value | None]:
        """The operands, as values."""
        whole = self.llvm.LLVMMetadataAsValue(self.context, self.ref)
        count = self.llvm.LLVMGetMDNodeNumOperands(whole)
        array = (ctypes.c_void_p * count)()
        self.llvm.LLVMGetMDNodeOperands(whole, array)
        return [Value(self.llvm, ref) if ref else None for ref in array]

    def _operand(self, at: int) -> Value | None:
        """One operand: a function has a dozen, and is asked for one after the other."""
        whole = self.llvm.LLVMMetadataAsValue(self.context, self.ref)
        ref = self.llvm.LLVMGetOperand(whole, at) if at < self.llvm.LLVMGetMDNodeNumOperands(whole) else 0
        return Value(self.llvm, ref) if ref else None

    def nodes(self, at: int) -> list[Node]:
        """The nodes of the list that is an operand."""
        below = self.node(at)
        found = below.operands() if below is not None else []
        return [Node(self.llvm, self.context, self.llvm.LLVMValueAsMetadata(item.ref)) for item in found if item]

    def node(self, at: int) -> Node | None:
        """The node that is an operand; None where there is none."""
        found = self._operand(at)
        return Node(self.llvm, self.context, self.llvm.LLVMValueAsMetadata(found.ref)) if found is not None else None

    def text(self, at: int) -> str:
        """The string that is an operand."""
        found = self._operand(at)
        return found.metadata_text() if found is not None else ""

    @property
    def name(self) -> str:
        """The name of a type, function or namespace."""
        return self.text(_NAME)

    def path(self) -> list[str]:
        """The names of a function and of what it stands in, from the outside in."""
        names: list[str] = []
        at: Node | None = self
        while at is not None and at.kind in (NodeKind.SUBPROGRAM, NodeKind.NAMESPACE, NodeKind.COMPOSITE_TYPE):
            names.append(at.name)
            at = at.node(_SCOPE)
        return names[::-1]


class Frame(NamedTuple):
    """One function that an instruction went through by inlining, and the line in it."""

    function: Node
    line: int
    column: int

    @property
    def file(self) -> str:
        """The source file: from where this crate is compiled as the compiler named it, elsewhere with the whole path.

        The folder of another crate may be one of another machine.
        """
        llvm = self.function.llvm
        file = llvm.LLVMDIScopeGetFile(self.function.ref)
        if not file:
            return ""
        name, folder = _text(llvm.LLVMDIFileGetFilename, file), Path(_text(llvm.LLVMDIFileGetDirectory, file))
        whole = folder / name
        is_elsewhere = folder != Path.cwd() and (_is_std(str(whole)) or whole.is_file())
        return str(whole) if is_elsewhere else name


def _text(get: Callable[..., int], node: int) -> str:
    size = ctypes.c_uint()
    at = get(node, ctypes.byref(size))
    return ctypes.string_at(at, size.value).decode(errors="replace") if at else ""


def frames(instruction: Instruction) -> Iterator[Frame]:
    """Yield the functions an instruction went through, the innermost first."""
    llvm = instruction.llvm
    context = llvm.LLVMGetTypeContext(instruction.type.ref)
    at = llvm.LLVMInstructionGetDebugLoc(instruction.ref)
    while at:
        scope: Node | None = Node(llvm, context, llvm.LLVMDILocationGetScope(at))
        while scope is not None and scope.kind != NodeKind.SUBPROGRAM:
            scope = scope.node(_SCOPE)
        if scope is not None:
            yield Frame(scope, llvm.LLVMDILocationGetLine(at), llvm.LLVMDILocationGetColumn(at))
        at = llvm.LLVMDILocationGetInlinedAt(at)


def beginning(function: Function) -> str:
    """Say where a function begins in its source: `file:line`, or nothing."""
    llvm = function.llvm
    subprogram = llvm.LLVMGetSubprogram(function.ref)
    if not subprogram:
        return ""
    node = Node(llvm, llvm.LLVMGetTypeContext(function.type.ref), subprogram)
    frame = Frame(node, llvm.LLVMDISubprogramGetLine(subprogram), 1)
    return f"{frame.file}:{frame.line}" if frame.file else ""


def place(instruction: Instruction) -> str:
    """Say where an instruction comes from in source that is not std's: `file:line:column`, or nothing.

    In a function of std that was not inlined it comes from where that is called.
    """
    frame = _outside_std(instruction)
    return "" if frame is None else f"{frame.file}:{frame.line}:{frame.column or 1}"


def written_in(instruction: Instruction) -> str:
    """Name the function that holds the place of an instruction; where nothing tells, the one that it is in."""
    frame = _outside_std(instruction)
    return instruction.function.name if frame is None else "::".join(frame.function.path())


def generic_of(instruction: Instruction) -> str:
    """Name the generic function of std that an instruction comes from, with its types; nothing if there is none."""
    for frame in frames(instruction):
        if not _is_std(frame.file):
            return ""
        if "<" in frame.function.name:
            return frame.function.name
    return ""


def _outside_std(instruction: Instruction) -> Frame | None:
    todo, seen = [instruction], set()
    while todo:
        at = todo.pop(0)
        for frame in frames(at):
            if frame.line and not _is_std(frame.file):
                return frame
        if at.function.ref not in seen:
            seen.add(at.function.ref)
            todo += at.function.calls()
    return None


def _is_std(file: str) -> bool:
    return file.startswith(("library/", "/rustc/", "/rust/deps/")) or "/rustlib/src/rust/library/" in file
