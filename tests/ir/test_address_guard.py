"""What loops write through gets an address that alias analysis cannot compare across iterations."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rules import address_guard
from ir.reading import calls, function, stores

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Value
    from ir.reading import Ir

ZERO = address_guard.ZERO


def looping(line: str, more: str = "") -> str:
    """Write a loop around a line; the pointers in reach are %p (a parameter), %q (a slot of the loop's) and @g."""
    return f"""
define void @f(ptr %p, i64 %n, ptr %callee) {{
  %q = alloca [4 x double]
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %loop ]
  %next = add i64 %i, 1
  %at = getelementptr double, ptr %p, i64 %i
  {line}
  %done = icmp eq i64 %next, %n
  br i1 %done, label %out, label %loop
out:
  ret void
}}
@g = global double 0.0
{more}
"""


def is_guarded(module: Module, address: Value) -> bool:
    """Tell an address that is another plus the hidden zero."""
    step = address.as_instruction()
    if step is None or step.opcode != Opcode.GETELEMENTPTR:
        return False
    by = step.operands[-1].as_instruction()
    return by is not None and by.opcode == Opcode.LOAD and by.operands[0] == module.variable(ZERO)


class TestStores:
    @pytest.mark.parametrize("value", ["double 1.0", "float 1.0", "i64 1", "ptr %p", "<2 x double> zeroinitializer"])
    def test_in_loops_are_guarded(self, ir: Ir, value: str) -> None:
        got = ir.apply(address_guard.RULE, looping(f"store {value}, ptr %at"))

        assert [is_guarded(got, store.operands[1]) for store in stores(got, "f")] == [True]

    def test_keep_their_value_and_their_underlying_object(self, ir: Ir) -> None:
        got = ir.apply(address_guard.RULE, looping("store ptr %q, ptr %at"))

        (store,) = stores(got, "f")
        address = store.operands[1].as_instruction()
        assert address is not None
        assert store.operands[0].name == "q"
        assert address.operands[0].name == "at"

    def test_outside_of_loops_are_left_alone(self, ir: Ir) -> None:
        assert ir.unchanged(address_guard.RULE, "define void @f(ptr %p) {\n store i64 1, ptr %p\n ret void\n}\n")

    def test_behind_a_loop_are_left_alone(self, ir: Ir) -> None:
        assert ir.unchanged(address_guard.RULE, looping("").replace("out:", "out:\n  store i64 1, ptr %p"))

    def test_to_a_global_itself_are_left_alone(self, ir: Ir) -> None:
        assert ir.unchanged(address_guard.RULE, looping("store double 1.0, ptr @g"))

    def test_in_a_cycle_that_is_no_natural_loop_are_guarded(self, ir: Ir) -> None:
        text = """
define void @f(ptr %p, i1 %c) {
  br i1 %c, label %a, label %b
a:
  store i64 1, ptr %p
  br label %b
b:
  br i1 %c, label %a, label %out
out:
  ret void
}"""
        got = ir.apply(address_guard.RULE, text)

        assert [is_guarded(got, store.operands[1]) for store in stores(got, "f")] == [True]

    def test_through_a_pointer_that_a_user_called_guarded_are_guarded(self, ir: Ir) -> None:
        got = ir.apply(address_guard.RULE, looping("store double 1.0, ptr %at").replace("%at", "%guarded"))

        assert [is_guarded(got, store.operands[1]) for store in stores(got, "f")] == [True]


class TestCalls:
    def guarded(self, ir: Ir, line: str, more: str) -> list[bool]:
        """Tell which arguments of the call in the loop are guarded."""
        module = ir.apply(address_guard.RULE, looping(line, more))
        return [is_guarded(module, argument) for argument in calls(module, "f")[0].arguments]

    def test_of_memcpy_are_guarded_where_they_write(self, ir: Ir) -> None:
        more = "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)"
        line = "call void @llvm.memcpy.p0.p0.i64(ptr %at, ptr %q, i64 8, i1 false)"

        assert self.guarded(ir, line, more) == [True, False, False, False]

    def test_of_memset_are_guarded(self, ir: Ir) -> None:
        more = "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)"
        line = "call void @llvm.memset.p0.i64(ptr %at, i8 0, i64 8, i1 false)"

        assert self.guarded(ir, line, more) == [True, False, False, False]

    @pytest.mark.parametrize(
        "more", ["declare void @h(ptr, ptr, i64)", "declare void @h(ptr noalias, ptr writeonly, i64)"]
    )
    def test_of_functions_that_may_write_are_guarded(self, ir: Ir, more: str) -> None:
        assert self.guarded(ir, "call void @h(ptr %at, ptr %q, i64 1)", more) == [True, True, False]

    def test_through_a_pointer_are_guarded(self, ir: Ir) -> None:
        assert self.guarded(ir, "call void %callee(ptr %at)", "") == [True]

    @pytest.mark.parametrize(
        ("line", "more"),
        [
            ("call void @h(ptr %at)", "declare void @h(ptr readonly)"),
            ("call void @h(ptr %at)", "declare void @h(ptr readnone)"),
            ("call void @h(ptr readonly %at)", "declare void @h(ptr)"),
            ("call void @h(ptr byval(double) %at)", "declare void @h(ptr byval(double))"),
            ("call void @h(ptr sret(double) %at)", "declare void @h(ptr sret(double))"),
            ("call void @h(ptr @g)", "declare void @h(ptr)"),
            ("call void @h(ptr null)", "declare void @h(ptr)"),
            ("call void @free(ptr %at)", "declare void @free(ptr)"),
            ("call void @__rust_dealloc(ptr %at, i64 8, i64 8)", "declare void @__rust_dealloc(ptr, i64, i64)"),
            ("call void (...) @__enzyme_autodiffdf(ptr %at)", "declare void @__enzyme_autodiffdf(...)"),
            ("call void @llvm.lifetime.start.p0(LIFE ptr %q)", "declare void @llvm.lifetime.start.p0(LIFE ptr)"),
        ],
    )
    def test_that_only_read_or_are_enzymes_own_are_left_alone(self, ir: Ir, line: str, more: str) -> None:
        text = looping(line, more)
        text = text.replace("LIFE ptr %q", "ptr %q" if ir.major >= 22 else "i64 32, ptr %q")
        text = text.replace("LIFE ptr", "ptr" if ir.major >= 22 else "i64, ptr")

        assert ir.unchanged(address_guard.RULE, text)


class TestOffset:
    def test_is_one_invariant_load_at_the_entry_of_an_external_constant(self, ir: Ir) -> None:
        got = ir.apply(address_guard.RULE, looping("store double 1.0, ptr %at\n  store double 1.0, ptr %q"))

        zero = got.variable(ZERO)
        assert zero is not None
        assert zero.is_declaration
        assert ir.llvm.LLVMIsGlobalConstant(zero.ref)
        (load,) = (each for each in function(got, "f").instructions() if each.opcode == Opcode.LOAD)
        assert load.block == function(got, "f").entry
        assert load.metadata("invariant.load") is not None

    def test_becomes_zero_and_private_with_its_shadows(self, ir: Ir) -> None:
        text = f"@{ZERO} = external constant i64\n@{ZERO}_shadow = external global i64\n"

        got = ir.apply(address_guard.SETTLE, text)

        for name in (ZERO, f"{ZERO}_shadow"):
            zero = got.variable(name)
            assert zero is not None
            assert zero.is_local
            assert zero.initializer is not None
            assert zero.initializer.constant_int() == 0

    def test_folds_away(self, ir: Ir) -> None:
        module = ir.apply(address_guard.RULE, looping("store double 1.0, ptr %at"))
        address_guard.SETTLE.apply(module)

        optimised = ir.parse(ir.optimised(ir.text(module), "-passes=default<O2>"))

        assert ZERO not in ir.text(optimised)


def test_a_guarded_program_computes_the_same(ir: Ir) -> None:
    text = """
define void @f(ptr %u, i64 %n) {
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %loop ]
  %next = add i64 %i, 1
  %here = getelementptr double, ptr %u, i64 %i
  %there = getelementptr double, ptr %u, i64 %next
  %a = load double, ptr %here
  %b = load double, ptr %there
  %c = fadd double %a, %b
  store double %c, ptr %here
  %done = icmp eq i64 %next, %n
  br i1 %done, label %out, label %loop
out:
  ret void
}"""
    results = []
    for guarded in (False, True):
        module = ir.parse(text)
        if guarded:
            address_guard.RULE.apply(module)
            address_guard.SETTLE.apply(module)
        values = (ctypes.c_double * 6)(1, 2, 4, 8, 16, 32)
        ir.library(module).f(values, ctypes.c_int64(5))
        results.append(list(values))

    assert results == [[3, 6, 12, 24, 48, 32]] * 2
