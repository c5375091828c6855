"""Calls through pointers become calls by name; what returns floats and integers together returns through memory."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.kinds import TypeKind
from cargo_autodiff.ir.rules import known_functions, mixed_returns, struct_returns
from ir.reading import callees, calls, function, only_call

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

TABLE = """
@table = private constant [2 x ptr] [ptr @square, ptr @shifted]
define internal double @square(double %x, i1 %up) {
  %y = fmul double %x, %x
  %z = select i1 %up, double %y, double %x
  ret double %z
}
define internal double @shifted(double %x, i1 zeroext %up) readnone {
  br i1 %up, label %more, label %done
more:
  %y = fadd double %x, 0.25
  br label %done
done:
  %z = phi double [ %x, %0 ], [ %y, %more ]
  ret double %z
}
define double @f(double %x, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %s = phi double [ %x, %entry ], [ %t, %loop ]
  %which = and i64 %i, 1
  %at = getelementptr [2 x ptr], ptr @table, i64 0, i64 %which
  %step = load ptr, ptr %at
  %up = icmp ult i64 %i, 3
  %t = call double %step(double %s, i1 zeroext %up)
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %loop, label %end
end:
  %direct = call double @square(double %t, i1 true)
  ret double %direct
}
"""


def f_of(ir: Ir, module: Module, *inputs: tuple[float, int]) -> list[float]:
    compiled = ir.library(module)["f"]
    compiled.restype = ctypes.c_double
    return [compiled(ctypes.c_double(x), ctypes.c_int64(n)) for x, n in inputs]


def table(module: Module, name: str = "table") -> list[str]:
    """Name what a table holds."""
    found = module.variable(name)
    assert found is not None
    assert found.initializer is not None
    return [each.name for each in found.initializer.operands]


def settled(module: Module) -> Module:
    known_functions.SETTLE.apply(module)
    return module


def test_calls_of_functions_in_a_table_are_calls_by_name(ir: Ir) -> None:
    got = ir.apply(known_functions.RULE, TABLE)

    assert callees(got, "f") == ["__cargo_autodiff_dispatch.square", "square"]
    called = callees(got, "__cargo_autodiff_dispatch.square")
    assert called == ["square", "shifted", "__cargo_autodiff_no_such_function"]


def test_a_table_holds_what_calls_compare_with(ir: Ir) -> None:
    """Enzyme makes a derivative of everything that a table holds."""
    got = ir.apply(known_functions.RULE, TABLE)

    assert table(got) == ["__cargo_autodiff_token.square", "__cargo_autodiff_token.shifted"]
    assert callees(got, "__cargo_autodiff_token.square") == ["__cargo_autodiff_no_such_function"]


SHOWN = (
    TABLE.replace("entry:", "entry:\n  call void @show(ptr @shown)")
    + """
@shown = private constant [1 x ptr] [ptr @print]
declare void @show(ptr) "enzyme_inactive"
define internal void @print(ptr %text) {
  ret void
}
"""
)


def test_a_table_that_a_function_without_body_is_given_holds_functions(ir: Ir) -> None:
    """Std's formatting calls what a text's table says; it crashed, where closures are in a vector beside it."""
    got = ir.apply(known_functions.RULE, SHOWN)

    assert table(got, "shown") == ["print"]


def test_the_program_computes_the_same(ir: Ir) -> None:
    inputs = [(0.5, 1), (1.5, 2), (-2.0, 5), (0.75, 8)]

    got = settled(ir.apply(known_functions.RULE, TABLE))

    assert f_of(ir, got, *inputs) == f_of(ir, ir.parse(TABLE), *inputs)


def test_integers_are_passed_as_the_functions_expect_them(ir: Ir) -> None:
    got = ir.apply(
        known_functions.RULE, TABLE.replace("@square(double %x, i1 %up)", "@square(double %x, i1 zeroext %up)")
    )

    dispatcher = function(got, "__cargo_autodiff_dispatch.square")
    assert dispatcher.has("zeroext", 2)
    assert all(call.call_has("zeroext", 2) for call in calls(got, dispatcher.name)[:2])


NEEDS_NONE = """
@table = private constant [2 x ptr] [ptr null, ptr @square]
define internal double @square(double %x) {
  %y = fmul double %x, %x
  ret double %y
}
define double @f(double %x, ptr %boxed) {
  %at = getelementptr i8, ptr @table, i64 8
  %step = load ptr, ptr %at
  %y = call double %step(double %x)
  %drop = load ptr, ptr @table
  %none = icmp eq ptr %drop, null
  br i1 %none, label %end, label %drops
drops:
  call void %drop(ptr %boxed)
  br label %end
end:
  ret double %y
}
"""


def test_a_destructor_that_no_table_has_is_not_there(ir: Ir) -> None:
    """A vtable has null where nothing needs to be done: nobody is given what is behind it."""
    got = ir.apply(known_functions.RULE, NEEDS_NONE)

    assert callees(got, "f") == ["__cargo_autodiff_dispatch.square", "__cargo_autodiff_dispatch.nothing"]
    assert callees(got, "__cargo_autodiff_dispatch.nothing") == ["__cargo_autodiff_no_such_function"]
    inputs = [(1.5, 0), (-2.0, 0)]
    assert f_of(ir, settled(got), *inputs) == f_of(ir, ir.parse(NEEDS_NONE), *inputs)


@pytest.mark.parametrize("other", ["private global", "external global"])
def test_a_destructor_of_a_table_that_can_change_stays(ir: Ir, other: str) -> None:
    content = "[2 x ptr]" if "external" in other else "[2 x ptr] [ptr null, ptr @square]"
    text = NEEDS_NONE.replace("private constant [2 x ptr] [ptr null, ptr @square]", f"{other} {content}")

    assert callees(ir.apply(known_functions.RULE, text), "f") == ["?", "?"]


def test_a_call_of_another_type_than_the_functions_that_are_there_stays(ir: Ir) -> None:
    """In C a pointer to a function may have been cast: that is refused, and does not end the program."""
    text = NEEDS_NONE.replace("[ptr null, ptr @square]", "[ptr @square, ptr @square]")

    assert callees(ir.apply(known_functions.RULE, text), "f")[-1] == "?"


def test_a_destructor_of_one_table_or_of_what_nobody_knows_stays(ir: Ir) -> None:
    text = NEEDS_NONE.replace("ptr @table\n  %none", "ptr %either\n  %none").replace(
        "%drop = load", "%either = select i1 %none.yet, ptr @table, ptr %boxed\n  %drop = load"
    )
    text = text.replace("%y = call", "%none.yet = fcmp olt double %x, 0.0\n  %y = call")

    assert callees(ir.apply(known_functions.RULE, text), "f")[-1] == "?"


FOREIGN = """
define double @g(ptr %p) {
  %step = load ptr, ptr %p
  %y = call double %step(double 1.0, i1 true)
  ret double %y
}
"""


def table_with(before_the_last_call: str, declared: str) -> str:
    """The table in a module where something else happens as well."""
    return TABLE.replace("%direct =", f"{before_the_last_call}\n  %direct =") + declared


SEEN_OUTSIDE = {
    "goes outside": table_with("call void @keep(ptr @shifted)", "declare void @keep(ptr)"),
    "is kept outside": table_with("store ptr @square, ptr @kept", "@kept = external global ptr"),
    "is swapped in": table_with(
        "%was = atomicrmw xchg ptr %slot, ptr @square seq_cst\n  %now = load ptr, ptr %slot", ""
    ).replace("entry:", "entry:\n  %slot = alloca ptr"),
    "is a number": table_with("call void @keep(i64 ptrtoint (ptr @square to i64))", "declare void @keep(i64)"),
    "has no body": TABLE.replace("ptr @shifted]", "ptr @other]") + "declare double @other(double, i1)",
}


@pytest.mark.parametrize("how", sorted(SEEN_OUTSIDE))
def test_functions_that_are_seen_outside_stay(ir: Ir, how: str) -> None:
    assert ir.unchanged(known_functions.RULE, SEEN_OUTSIDE[how])


def test_a_call_of_what_comes_from_outside_stays(ir: Ir) -> None:
    got = ir.apply(known_functions.RULE, TABLE + FOREIGN)

    assert callees(got, "g") == ["?"]
    assert callees(got, "f") == ["__cargo_autodiff_dispatch.square", "square"]


INVOKED = """
@table = private constant [2 x ptr] [ptr @ready, ptr @counted]
define internal i32 @unwinder() {
  ret i32 0
}
define internal { double, i8 } @ready(double %x) {
  %a = insertvalue { double, i8 } poison, double %x, 0
  %b = insertvalue { double, i8 } %a, i8 3, 1
  ret { double, i8 } %b
}
define internal { double, i8 } @counted(double %x) {
  %y = fmul double %x, 2.0
  %a = insertvalue { double, i8 } { double undef, i8 5 }, double %y, 0
  ret { double, i8 } %a
}
define double @f(double %x, i64 %n) personality ptr @unwinder {
entry:
  %which = and i64 %n, 1
  %at = getelementptr [2 x ptr], ptr @table, i64 0, i64 %which
  %step = load ptr, ptr %at
  %few = icmp ult i64 %n, 5
  br i1 %few, label %try, label %done
try:
  %pair = invoke { double, i8 } %step(double %x) to label %done unwind label %fail
done:
  %last = phi { double, i8 } [ { double 0.5, i8 1 }, %entry ], [ %pair, %try ]
  %was = phi i64 [ 7, %entry ], [ %n, %try ]
  %y = extractvalue { double, i8 } %last, 0
  %k = extractvalue { double, i8 } %last, 1
  %wide = zext i8 %k to i64
  %all = add i64 %wide, %was
  %z = uitofp i64 %all to double
  %sum = fadd double %y, %z
  ret double %sum
fail:
  %pad = landingpad { ptr, i32 } cleanup
  ret double -1.0
}
"""


def test_what_an_invoke_calls_returns_a_float_and_an_integer_through_memory(ir: Ir) -> None:
    inputs = [(0.5, 0), (1.5, 1), (2.5, 6)]

    by_name = ir.apply(known_functions.RULE, INVOKED)
    got = settled(ir.apply(mixed_returns.IN_MEMORY, ir.text(by_name)))

    mixed_returns.CHECK.apply(got)
    assert only_call(got, "f").type.kind is TypeKind.VOID
    assert f_of(ir, got, *inputs) == f_of(ir, ir.parse(INVOKED), *inputs)


RECURSIVE = """
define internal { double, i64 } @halve(double %x, i64 %n) {
  %small = fcmp olt double %x, 1.0
  br i1 %small, label %end, label %more
more:
  %half = fmul double %x, 0.5
  %next = add i64 %n, 1
  %pair = call { double, i64 } @halve(double %half, i64 %next)
  %y = extractvalue { double, i64 } %pair, 0
  %k = extractvalue { double, i64 } %pair, 1
  %product = fmul double %y, %x
  br label %end
end:
  %z = phi double [ %x, %0 ], [ %product, %more ]
  %steps = phi i64 [ %n, %0 ], [ %k, %more ]
  %first = insertvalue { double, i64 } poison, double %z, 0
  %both = insertvalue { double, i64 } %first, i64 %steps, 1
  ret { double, i64 } %both
}
define double @f(double %x, i64 %n) {
  %pair = call { double, i64 } @halve(double %x, i64 %n)
  %y = extractvalue { double, i64 } %pair, 0
  %k = extractvalue { double, i64 } %pair, 1
  %z = uitofp i64 %k to double
  %sum = fadd double %y, %z
  ret double %sum
}
"""


def test_a_recursive_function_that_returns_a_float_and_an_integer_returns_through_memory(ir: Ir) -> None:
    inputs = [(0.5, 1), (9.0, 0), (100.0, 3)]

    got = ir.apply(mixed_returns.IN_MEMORY, RECURSIVE)

    halve = function(got, "halve")
    assert (halve.return_type.kind, len(halve.parameters)) == (TypeKind.VOID, 3)
    mixed_returns.CHECK.apply(got)
    assert f_of(ir, got, *inputs) == f_of(ir, ir.parse(RECURSIVE), *inputs)


def test_a_result_may_be_used_whole_and_member_by_member(ir: Ir) -> None:
    """The member that is taken right behind the call goes, and what is built there must not stand before it."""
    whole = "%again = insertvalue { double, i64 } %pair, double %y, 0\n  %z = uitofp i64 %k to double"
    text = RECURSIVE.replace("%z = uitofp i64 %k to double", whole)
    text = text.replace(
        "%sum = fadd double %y, %z", "%w = extractvalue { double, i64 } %again, 0\n  %sum = fadd double %w, %z"
    )
    inputs = [(0.5, 1), (100.0, 3)]

    got = ir.apply(mixed_returns.IN_MEMORY, text)

    assert f_of(ir, got, *inputs) == f_of(ir, ir.parse(text), *inputs)


def test_every_call_has_memory_of_its_own_for_the_result(ir: Ir) -> None:
    """What one call leaves there, and its tangent, must not be taken for another's."""
    again = "%other = call { double, i64 } @halve(double %y, i64 %k)\n  %more = extractvalue { double, i64 } %other, 0"
    text = RECURSIVE.replace("%sum = fadd double %y, %z", f"{again}\n  %sum = fadd double %more, %z")

    got = ir.apply(mixed_returns.IN_MEMORY, text)

    assert len({call.arguments[-1] for call in calls(got, "f")}) == 2


def test_a_function_that_writes_its_result_does_not_promise_to_write_nothing(ir: Ir) -> None:
    got = ir.apply(
        mixed_returns.IN_MEMORY, RECURSIVE.replace("(double %x, i64 %n) {", "(double %x, i64 %n) readnone {")
    )

    assert not any(function(got, "halve").has(kind) for kind in ("memory", "readnone"))


def test_direct_calls_that_return_floats_alone_stay(ir: Ir) -> None:
    text = """
define internal double @g(double %x) {
  %y = call double @g(double %x)
  ret double %y
}
"""

    assert ir.unchanged(mixed_returns.IN_MEMORY, text)


PAIRS = """
define internal double @square(ptr %p) {
  %x = load double, ptr %p
  %y = fmul double %x, %x
  ret double %y
}
define double @f(ptr %x, i64 %bytes) {
entry:
  %pairs = alloca [8 x ptr]
  %copies = alloca [8 x ptr]
  %code = getelementptr i8, ptr %pairs, i64 8
  store ptr %x, ptr %pairs
  store ptr @square, ptr %code
  br label %loop
loop:
  %at = phi i64 [ 0, %entry ], [ %next, %loop ]
  %from = getelementptr i8, ptr %pairs, i64 %at
  %to = getelementptr i8, ptr %copies, i64 %at
  %from.code = getelementptr i8, ptr %from, i64 8
  %to.code = getelementptr i8, ptr %to, i64 8
  %one = load ptr, ptr %from
  %other = load ptr, ptr %from.code
  store ptr %one, ptr %to
  store ptr %other, ptr %to.code
  %next = add i64 %at, 16
  %more = icmp ult i64 %next, %bytes
  br i1 %more, label %loop, label %end
end:
  %copied.code = getelementptr i8, ptr %copies, i64 8
  %data = load ptr, ptr %copies
  %step = load ptr, ptr %copied.code
  %y = call double %step(ptr %data)
  ret double %y
}
"""


def test_the_data_and_the_functions_that_a_loop_copies_are_told_apart(ir: Ir) -> None:
    """The data are passed to what nobody knows yet; what lies beside them is not."""
    assert callees(ir.apply(known_functions.RULE, PAIRS), "f") == ["__cargo_autodiff_dispatch.square"]


TOGETHER = """
define internal double @square(double %x) {
  %y = fmul double %x, %x
  ret double %y
}
define internal double @shifted(double %x) {
  %y = fadd double %x, 0.25
  ret double %y
}
define double @f(double %x, i1 %which) {
  %slot = alloca [2 x ptr]
  %second = getelementptr i8, ptr %slot, i64 8
  br i1 %which, label %one, label %both
one:
  store ptr @square, ptr %second
  br label %end
both:
  store <2 x ptr> <ptr @square, ptr @shifted>, ptr %slot
  br label %end
end:
  %pair = load { ptr, ptr }, ptr %slot
  %step = extractvalue { ptr, ptr } %pair, 1
  %y = call double %step(double %x)
  ret double %y
}
"""


def test_pointers_that_are_stored_and_loaded_together_are_all_seen(ir: Ir) -> None:
    got = ir.apply(known_functions.RULE, TOGETHER)

    assert callees(got, "__cargo_autodiff_dispatch.square")[:2] == ["square", "shifted"]


UNCALLED = """
@table = private constant [3 x ptr] [ptr @square, ptr @count, ptr @square]
define internal double @square(double %x) {
  %y = fmul double %x, %x
  ret double %y
}
define internal i64 @count(double %x) {
  ret i64 7
}
define double @f(double %x, i64 %n) {
  %at = getelementptr [3 x ptr], ptr @table, i64 0, i64 %n
  %step = load ptr, ptr %at
  %y = call double %step(double %x)
  %k = call i64 @count(double %y)
  %z = uitofp i64 %k to double
  %sum = fadd double %y, %z
  ret double %sum
}
"""


def test_what_nothing_calls_through_a_pointer_is_not_behind_it(ir: Ir) -> None:
    got = ir.apply(known_functions.RULE, UNCALLED)

    assert table(got)[1] == "__cargo_autodiff_token.count"
    assert callees(got, "f") == ["__cargo_autodiff_dispatch.square", "count"]
    inputs = (1.5, 0), (2.5, 2)
    assert f_of(ir, settled(got), *inputs) == f_of(ir, ir.parse(UNCALLED), *inputs)


def test_what_others_may_call_stays_behind_its_pointer(ir: Ir) -> None:
    text = UNCALLED.replace("%sum =", "call void @keep(ptr @table)\n  %sum =") + "declare void @keep(ptr)"

    assert ir.unchanged(known_functions.RULE, text)


NESTED = """
@table = private constant [2 x ptr] [ptr @once, ptr @twice]
define internal double @square(double %x) {
  %y = fmul double %x, %x
  ret double %y
}
define internal double @once(ptr %of, double %x) {
  ret double %x
}
define internal double @twice(ptr %of, double %x) {
  %inner = load ptr, ptr %of
  %y = call double %inner(double %x)
  %z = call double %inner(double %y)
  ret double %z
}
define double @f(double %x, i64 %n) {
  %kept = alloca ptr
  store ptr @square, ptr %kept
  %at = getelementptr [2 x ptr], ptr @table, i64 0, i64 %n
  %step = load ptr, ptr %at
  %y = call double %step(ptr %kept, double %x)
  ret double %y
}
"""


def test_what_calls_by_name_pass_makes_further_pointers_known(ir: Ir) -> None:
    got = ir.apply(known_functions.RULE, NESTED)

    assert "?" not in callees(got, "twice")
    inputs = (1.5, 0), (2.5, 1)
    assert f_of(ir, settled(got), *inputs) == f_of(ir, ir.parse(NESTED), *inputs)


def test_a_function_that_is_only_called_by_name_does_not_say_that_it_returns_through_memory(ir: Ir) -> None:
    text = """
define internal void @leaf(ptr sret(double) %out, double %x) {
  store double %x, ptr %out
  ret void
}
define internal void @outer(ptr sret(double) %out, double %x) {
  call void @leaf(ptr sret(double) %out, double %x)
  ret void
}
@table = private constant [1 x ptr] [ptr @outer]
"""

    got = ir.apply(struct_returns.RULE, text)

    assert not function(got, "leaf").has("sret", 1)
    assert not only_call(got, "outer").call_has("sret", 1)
    assert function(got, "outer").has("sret", 1)


@pytest.mark.parametrize("own", [True, False])
def test_the_place_of_a_result_is_not_handed_on_to_what_is_behind_a_pointer(ir: Ir, own: bool) -> None:
    text = """
define internal void @leaf(ptr sret(double) %out, double %x) {
  store double %x, ptr %out
  ret void
}
define internal void @outer(ptr sret(double) %out, double %x) {
  %own = alloca double
  call void @leaf(ptr sret(double) PLACE, double %x)
  ret void
}
@table = constant [1 x ptr] [ptr @leaf]
"""

    if own:
        assert only_call(ir.apply(struct_returns.RULE, text.replace("PLACE", "%own")), "outer").call_has("sret", 1)
        return
    with pytest.raises(Refused, match="hands on the place of its result"):
        ir.apply(struct_returns.RULE, text.replace("PLACE", "%out"))
