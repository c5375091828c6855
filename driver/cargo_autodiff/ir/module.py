"""A module: read, written whole or not at all, verified, linked, cloned."""

from __future__ import annotations

import ctypes
import os
from typing import TYPE_CHECKING

from cargo_autodiff.errors import FileError, RequestError, ToolFailed
from cargo_autodiff.files import write_bytes
from cargo_autodiff.ir.value import Function, Global

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cargo_autodiff.ir.libllvm import LibLLVM

_RETURN_STATUS = 2  # LLVMVerifierFailureAction: neither print nor abort


class Module:
    """An LLVM module in a context, which frees what `dispose` did not."""

    def __init__(self, llvm: LibLLVM, context: int, ref: int) -> None:
        self.llvm = llvm
        self.context = context
        self.ref = ref

    @classmethod
    def read(cls, llvm: LibLLVM, context: int, path: Path) -> Module:
        """Read bitcode or text. Raises FileError when it cannot be read, RequestError when it does not parse."""
        return cls._parse(llvm, context, _buffer(llvm, path), str(path))

    @classmethod
    def read_lazily(cls, llvm: LibLLVM, context: int, path: Path) -> Module:
        """Read bitcode of ours, but no function's body before it is linked into another module.

        Raises FileError when it cannot be read, RequestError when it does not parse.
        """
        ref = ctypes.c_void_p()
        if llvm.LLVMGetBitcodeModuleInContext2(context, _buffer(llvm, path), ctypes.byref(ref)):
            raise RequestError("this is not bitcode", where=str(path))
        return cls(llvm, context, ref.value or 0)

    @classmethod
    def empty(cls, llvm: LibLLVM, context: int, name: str) -> Module:
        """Make a module with nothing in it."""
        return cls(llvm, context, llvm.LLVMModuleCreateWithNameInContext(name.encode(), context))

    @classmethod
    def parse(cls, llvm: LibLLVM, context: int, data: bytes, where: str) -> Module:
        """Read bitcode or text from memory. Raises RequestError when it does not parse."""
        return cls._parse(
            llvm, context, llvm.LLVMCreateMemoryBufferWithMemoryRangeCopy(data, len(data), b"memory"), where
        )

    @classmethod
    def _parse(cls, llvm: LibLLVM, context: int, buffer: int, where: str) -> Module:
        message, ref = ctypes.c_void_p(), ctypes.c_void_p()
        if llvm.LLVMParseIRInContext(context, buffer, ctypes.byref(ref), ctypes.byref(message)):
            why = " ".join(llvm.take_message(message.value or 0).split())
            raise RequestError(
                f"this is not IR that LLVM {llvm.major} understands",
                where=where,
                why=why,
                hint="make it with a rustc or clang of this LLVM or an older one",
            )
        return cls(llvm, context, ref.value or 0)

    def write(self, path: Path) -> None:
        """Write text (`.ll`) or bitcode (anything else), by rename, so that a reader sees all of it or nothing."""
        write_bytes(path, self.text() if path.suffix == ".ll" else self.bitcode())  # LLVM would end on a full disk

    def text(self) -> bytes:
        """The module as text."""
        ref = self.llvm.LLVMPrintModuleToString(self.ref)
        text = ctypes.string_at(ref)
        self.llvm.LLVMDisposeMessage(ref)
        return text

    def substitute(self, pattern: re.Pattern[bytes], by: bytes) -> None:
        """Change its text, for what the C API cannot do; its functions and values are others afterwards."""
        changed, count = pattern.subn(by, self.text())
        if count:
            fresh = Module.parse(self.llvm, self.context, changed, "the derivative")
            self.dispose()
            self.ref = fresh.ref

    def bitcode(self) -> bytes:
        """The module as bitcode."""
        return self.llvm.take_buffer(self.llvm.LLVMWriteBitcodeToMemoryBuffer(self.ref))

    def functions(self) -> list[Function]:
        """All functions as they are now, declarations too."""
        return [Function(self.llvm, ref) for ref in self._walk("Function")]

    def definitions(self) -> list[Function]:
        """The functions that have a body."""
        return [function for function in self.functions() if not function.is_declaration]

    def variables(self) -> list[Global]:
        """All global variables as they are now."""
        return [Global(self.llvm, ref) for ref in self._walk("Global")]

    def aliases(self) -> list[Global]:
        """All aliases as they are now."""
        return [Global(self.llvm, ref) for ref in self._walk("GlobalAlias")]

    def _walk(self, kind: str) -> Iterator[int]:
        after: Callable[..., int] = getattr(self.llvm, f"LLVMGetNext{kind}")
        ref = getattr(self.llvm, f"LLVMGetFirst{kind}")(self.ref)
        while ref:
            yield ref
            ref = after(ref)

    def function(self, name: str) -> Function | None:
        """The function of a name."""
        ref = self.llvm.LLVMGetNamedFunction(self.ref, name.encode())
        return Function(self.llvm, ref) if ref else None

    def variable(self, name: str) -> Global | None:
        """The global variable of a name."""
        ref = self.llvm.LLVMGetNamedGlobal(self.ref, name.encode())
        return Global(self.llvm, ref) if ref else None

    def symbol(self, name: str) -> Global | None:
        """The function or global variable of a name."""
        return self.function(name) or self.variable(name)

    def declare(self, name: str, function_type: int) -> Function:
        """The function of a name, declared with a type (an LLVMTypeRef) if it is not there yet."""
        found = self.function(name)
        return found or Function(self.llvm, self.llvm.LLVMAddFunction(self.ref, name.encode(), function_type))

    @property
    def source(self) -> str:
        """What it says that it was made from."""
        size = ctypes.c_size_t()
        return bytes(self.llvm.LLVMGetSourceFileName(self.ref, ctypes.byref(size))).decode(errors="surrogateescape")

    @source.setter
    def source(self, name: str) -> None:
        data = name.encode(errors="surrogateescape")
        self.llvm.LLVMSetSourceFileName(self.ref, data, len(data))

    @property
    def triple(self) -> str:
        """The target triple."""
        return bytes(self.llvm.LLVMGetTarget(self.ref)).decode()

    @property
    def layout(self) -> str:
        """The data layout."""
        return bytes(self.llvm.LLVMGetDataLayoutStr(self.ref)).decode()

    def set_target(self, triple: str, layout: str) -> None:
        """Set the target triple and the data layout."""
        self.llvm.LLVMSetTarget(self.ref, triple.encode())
        self.llvm.LLVMSetDataLayout(self.ref, layout.encode())

    @property
    def assembly(self) -> str:
        """Assembly beside the functions."""
        size = ctypes.c_size_t()
        return bytes(self.llvm.LLVMGetModuleInlineAsm(self.ref, ctypes.byref(size))).decode(errors="replace")

    def problem(self) -> str:
        """What LLVM's verifier has against the module; empty when nothing."""
        message = ctypes.c_void_p()
        bad = self.llvm.LLVMVerifyModule(self.ref, _RETURN_STATUS, ctypes.byref(message))
        text = self.llvm.take_message(message.value) if message.value else ""
        return text.strip() if bad else ""

    def verify(self, after: str) -> None:
        """Raise ToolFailed when the module is not well-formed after a step of ours: that is a bug of the driver."""
        problem = self.problem()
        if problem:
            raise ToolFailed(
                f"the IR is broken after the rule `{after}`",
                why=problem.splitlines()[0],
                hint="this is a bug of cargo-autodiff: please report it with the kept stages (AUTODIFF_KEEP)",
            )

    def link(self, other: Module) -> None:
        """Move everything of another module of the same context into this one; `other` is gone afterwards."""
        if self.llvm.LLVMLinkModules2(self.ref, other.ref):
            raise ToolFailed("two modules do not link", hint="this is a bug of cargo-autodiff: please report it")

    def dispose(self) -> None:
        """Free it now."""
        self.llvm.LLVMDisposeModule(self.ref)


def _buffer(llvm: LibLLVM, path: Path) -> int:
    """A file in memory (LLVMMemoryBufferRef), for LLVM to own. Raises FileError."""
    buffer, message = ctypes.c_void_p(), ctypes.c_void_p()
    if llvm.LLVMCreateMemoryBufferWithContentsOfFile(os.fsencode(path), ctypes.byref(buffer), ctypes.byref(message)):
        raise FileError("the file cannot be read", where=str(path), why=llvm.take_message(message.value or 0))
    return buffer.value or 0
