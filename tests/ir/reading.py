"""IR in tests: read it, apply a rule under the laws that every rule keeps, look at it, compile it and call it."""

from __future__ import annotations

import ctypes
import os
import subprocess
from functools import cached_property
from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.libllvm import LibLLVM
from cargo_autodiff.ir.machine import emit
from cargo_autodiff.ir.module import Module
from cargo_autodiff.pipeline.plan import Experiment, IrStep, unit_plan
from cargo_autodiff.pipeline.steps import named

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cargo_autodiff.ir.rule import Rule
    from cargo_autodiff.ir.value import Function, Instruction, Value
    from cargo_autodiff.toolchain.locate import Toolchain

Read = str | int
"""An argument as tests name it: a metadata word, a number, or the name of a value."""


class Ir:
    """One LLVM and a folder to work in; libLLVM is loaded on first use."""

    def __init__(self, toolchain: Toolchain, folder: Path) -> None:
        self.toolchain = toolchain
        self.folder = folder
        self.major = toolchain.llvm.major
        self._number = 0

    @cached_property
    def llvm(self) -> LibLLVM:
        return LibLLVM(self.toolchain.libllvm, self.major)

    @cached_property
    def context(self) -> int:
        return self.llvm.context()

    def parse(self, text: str | bytes) -> Module:
        raw = text.encode() if isinstance(text, str) else text
        return Module.parse(self.llvm, self.context, raw, "the test")

    def text(self, module: Module) -> str:
        path = self._path(".ll")
        module.write(path)
        # the module's name has no meaning
        return "\n".join(
            line for line in path.read_text().splitlines() if not line.startswith(("; ModuleID", "source_"))
        )

    def apply(self, rule: Rule, text: str | bytes) -> Module:
        """Apply a rule; the verifier accepts the result, and a second application changes nothing."""
        module = self.parse(text)
        assert module.problem() == ""
        rule.apply(module)
        assert module.problem() == ""
        once = self.text(module)
        rule.apply(module)
        assert self.text(module) == once
        return module

    def unchanged(self, rule: Rule, text: str) -> bool:
        return self.text(self.apply(rule, text)) == self.text(self.parse(text))

    def optimised(self, text: str | bytes, *flags: str) -> bytes:
        """Run opt."""
        given, out = self._path(".ll" if isinstance(text, str) else ".bc"), self._path(".bc")
        given.write_bytes(text.encode() if isinstance(text, str) else text)
        self.toolchain.opt.command(*self._opaque, *flags, given, "-o", out).run()
        return out.read_bytes()

    def after(self, name: str, text: str, without: tuple[str, ...] = ()) -> str:
        """Run one stage of the plan, which is done in our own process, without some rules."""
        plan = unit_plan(self.toolchain, self.folder / "unit", Experiment(without_rules=without))
        stage = next(stage for stage in plan if stage.name == name)
        assert isinstance(stage.action, IrStep)
        given, out = self._path(".ll"), self._path(".ll")
        given.write_text(text)
        arguments = {**stage.action.arguments, "given": str(given), "out": str(out)}
        named(stage.action.name)(self.llvm, self.context, **arguments)
        return out.read_text()

    def object(self, module: Module) -> Path:
        """Compile."""
        out = self._path(".o")
        module.set_target(module.triple or f"{os.uname().machine}-unknown-linux-gnu", module.layout)
        out.write_bytes(emit(module, 1))
        return out

    def library(self, *modules: Module) -> ctypes.CDLL:
        """Compile, link and load."""
        out = self._path(".so")
        subprocess.run(["cc", "-shared", *map(self.object, modules), "-o", out, "-lm"], check=True)  # noqa: S607
        return ctypes.CDLL(str(out))

    @property
    def _opaque(self) -> tuple[str, ...]:
        return ("-opaque-pointers",) if self.major <= 15 else ()

    def _path(self, end: str) -> Path:
        self._number += 1
        return self.folder / f"{self._number}{end}"


def function(module: Module, name: str) -> Function:
    found = module.function(name)
    assert found is not None, f"there is no function {name}"
    return found


def calls(module: Module, name: str) -> list[Instruction]:
    """Give the calls inside a function, in order."""
    return [instruction for instruction in function(module, name).instructions() if instruction.is_call]


def callees(module: Module, name: str) -> list[str]:
    """Name what a function calls, in order."""
    return [call.callee.name if call.callee else "?" for call in calls(module, name)]


def only_call(module: Module, name: str) -> Instruction:
    (call,) = calls(module, name)
    return call


def opcodes(module: Module, name: str) -> list[int]:
    return [instruction.opcode for instruction in function(module, name).instructions()]


def stores(module: Module, name: str) -> list[Instruction]:
    return [each for each in function(module, name).instructions() if each.opcode == Opcode.STORE]


def read(values: Iterable[Value]) -> list[Read]:
    """Read arguments as a person would."""
    return [_read(value) for value in values]


def _read(value: Value) -> Read:
    if value.type.kind is TypeKind.METADATA:
        return value.text().removeprefix("metadata ").removeprefix('!"').removesuffix('"')
    number = value.constant_int()
    return value.name if number is None else number
