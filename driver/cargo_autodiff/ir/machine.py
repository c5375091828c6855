"""LLVM's passes and code generators, run on a module in memory: what `opt` and `llc` do, without starting either.

The settings beside the passes are those of rustc (compiler/rustc_codegen_llvm/src/back/write.rs, rustc_llvm's
PassWrapper.cpp), so that a module comes out as rustc would have made it.
"""

from __future__ import annotations

import ctypes
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from cargo_autodiff.errors import RequestError, ToolFailed
from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cargo_autodiff.ir.libllvm import LibLLVM
    from cargo_autodiff.ir.module import Module

_ARCHITECTURES = (("x86_64", "X86"), ("aarch64", "AArch64"))
"""The beginning of a target triple, and what LLVM calls its code generator."""

_PARTS = ("TargetInfo", "Target", "TargetMC", "AsmPrinter", "AsmParser")
_PIC, _DEFAULT_CODE_MODEL, _OBJECT = 2, 0, 1  # LLVMRelocMode, LLVMCodeModel, LLVMCodeGenFileType


class Tuning(Frozen):
    """What rustc tells LLVM's pipelines beside their names; a name like `default<O2>` decides on vectorising itself."""

    unroll: bool = True
    merge_functions: bool = False


_AS_NAMED = Tuning()


def say_options(llvm: LibLLVM, flags: Sequence[str]) -> None:
    """Set options of LLVM's command line, for this process from here on; LLVM ends the process for an unknown one."""
    if flags:
        words = (ctypes.c_char_p * (len(flags) + 1))(b"cargo-autodiff", *(flag.encode() for flag in flags))
        llvm.LLVMParseCommandLineOptions(len(words), words, None)


def optimise(module: Module, passes: str, tuning: Tuning = _AS_NAMED) -> None:
    """Run a pipeline, named as for `opt -passes=`; IR for no target in particular is optimised for none.

    Raises ToolFailed, and RequestError for a target that this LLVM does not know.
    """
    llvm = module.llvm
    with machine(module, 2) if module.triple else nullcontext(None) as target:
        options = llvm.LLVMCreatePassBuilderOptions()
        llvm.LLVMPassBuilderOptionsSetLoopUnrolling(options, int(tuning.unroll))
        llvm.LLVMPassBuilderOptionsSetLoopInterleaving(options, int(tuning.unroll))
        llvm.LLVMPassBuilderOptionsSetMergeFunctions(options, int(tuning.merge_functions))
        error = llvm.LLVMRunPasses(module.ref, passes.encode(), target, options)
        llvm.LLVMDisposePassBuilderOptions(options)
        if error:
            why = ctypes.string_at(llvm.LLVMGetErrorMessage(error)).decode(errors="replace")
            raise ToolFailed(f"LLVM cannot run the passes {passes}", why=why)


def emit(module: Module, level: int) -> bytes:
    """Compile to an object for the module's target; `level` is 0 to 3. Raises ToolFailed."""
    llvm = module.llvm
    with machine(module, level) as target:
        message, buffer = ctypes.c_void_p(), ctypes.c_void_p()
        if llvm.LLVMTargetMachineEmitToMemoryBuffer(
            target, module.ref, _OBJECT, ctypes.byref(message), ctypes.byref(buffer)
        ):
            raise ToolFailed("LLVM cannot compile a module", why=llvm.take_message(message.value or 0))
        return llvm.take_buffer(buffer.value or 0)


@contextmanager
def machine(module: Module, level: int) -> Iterator[int]:
    """A target machine (LLVMTargetMachineRef) for the module's triple, with position-independent code."""
    llvm, triple = module.llvm, module.triple
    name = next((name for begin, name in _ARCHITECTURES if triple.startswith(begin)), None)
    if name is None or not llvm.has(f"LLVMInitialize{name}Target"):
        raise RequestError(
            f"this libLLVM makes no code for {triple}", where=str(llvm.path), hint="targets are x86_64 and aarch64"
        )
    for part in _PARTS:
        getattr(llvm, f"LLVMInitialize{name}{part}")()
    target, message = ctypes.c_void_p(), ctypes.c_void_p()
    if llvm.LLVMGetTargetFromTriple(triple.encode(), ctypes.byref(target), ctypes.byref(message)):
        raise ToolFailed(f"LLVM does not know the target {triple}", why=llvm.take_message(message.value or 0))
    # processor and features are attributes of the functions
    made = llvm.LLVMCreateTargetMachine(target.value, triple.encode(), b"", b"", level, _PIC, _DEFAULT_CODE_MODEL)
    try:
        yield made
    finally:
        llvm.LLVMDisposeTargetMachine(made)
