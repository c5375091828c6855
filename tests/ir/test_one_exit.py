"""No exit of a loop crosses the loop around it, and the function computes what it did."""

from __future__ import annotations

import ctypes
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.loops import Flow, natural_loops
from cargo_autodiff.ir.rules import one_exit
from ir.programs.random_loops import random_function
from ir.reading import function

if TYPE_CHECKING:
    from cargo_autodiff.ir.value import Function
    from ir.reading import Ir

NAMED = (Path(__file__).parent / "programs" / "early_exits.ll").read_text()
NAMES = [line.split("@")[1].split("(")[0] for line in NAMED.splitlines() if line.startswith("define")]
INPUTS = [
    (values, n, m)
    for values in (
        (0.5, -1.0, 2.5, 1.25, 0.0, -3.0, 1.0, 0.75),
        (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
        (-0.5, -0.25, -2.0, 3.5, 0.1, 0.2, -0.3, 5.0),
        (0.0, 1.0, 0.5, -0.5, 2.0, 0.25, -1.5, 0.5),
    )
    for n in (1, 2, 4, 7)
    for m in (0, 1, 3, 20)
]


def crossings(of: Function) -> int:
    """Count the edges that leave a loop and the loop around it at once, and from which the function can return."""
    flow = Flow(of)
    loops = natural_loops(flow)
    returning = flow.reaching({i for i, block in enumerate(flow.blocks) if block.terminator.opcode == Opcode.RET})
    return sum(
        sum(1 for loop in loops if block in loop.body and after not in loop.body) > 1 and after in returning
        for block in flow.reachable
        for after in flow.successors[block]
    )


def results(library: ctypes.CDLL, name: str) -> list[float]:
    compiled = library[name]
    compiled.restype = ctypes.c_double
    return [compiled((ctypes.c_double * 8)(*values), ctypes.c_int64(n), ctypes.c_int64(m)) for values, n, m in INPUTS]


def test_loops_left_early_compute_the_same(ir: Ir) -> None:
    text = ir.after("first round", NAMED)
    before = ir.parse(text)

    after = ir.apply(one_exit.RULE, text)

    ours, theirs = ir.library(after), ir.library(before)
    assert [name for name in NAMES if crossings(function(after, name))] == []
    assert [name for name in NAMES if results(ours, name) != results(theirs, name)] == []


def test_the_named_loops_are_of_the_shape(ir: Ir) -> None:
    """The test above tests nothing where the first round made the exits simple, as it does for these two."""
    module = ir.parse(ir.after("first round", NAMED))

    crossed = [name for name in NAMES if crossings(function(module, name))]
    assert set(NAMES) - set(crossed) <= {"return_and_continue", "endless_until_found"}


@pytest.mark.parametrize("seed", range(3))
def test_random_loops_compute_the_same(ir: Ir, seed: int) -> None:
    random, names = Random(seed), [f"f{number}" for number in range(25)]  # noqa: S311 - not for secrets
    text = ir.after("first round", "".join(random_function(name, random) for name in names))
    before = ir.parse(text)
    assert sum(crossings(function(before, name)) for name in names) > 10

    after = ir.apply(one_exit.RULE, text)

    assert [name for name in names if crossings(function(after, name))] == []
    ours, theirs = ir.library(after), ir.library(before)
    assert [name for name in names if results(ours, name) != results(theirs, name)] == []


MORE = """
define double @f(double %x, i64 %n) {
  br label %outer
outer:
  %i = phi i64 [ 0, %0 ], [ %i.next, %latch ]
  br label %inner
inner:
  %j = phi i64 [ 0, %outer ], [ %j.next, %step ]
  %at = add i64 %i, %j
  LEAVE
step:
  %j.next = add i64 %j, 1
  %again = icmp ult i64 %j.next, %n
  br i1 %again, label %inner, label %latch
latch:
  %i.next = add i64 %i, 1
  %more = icmp ult i64 %i.next, %n
  br i1 %more, label %outer, label %out
out:
  ret double 0.0
early:
  EARLY
}
declare void @panic()
"""


def leaving(leave: str, early: str) -> str:
    return MORE.replace("LEAVE", leave).replace("EARLY", early)


def test_a_block_that_leaves_by_two_edges_is_rerouted_with_both(ir: Ir) -> None:
    text = leaving(
        "switch i64 %at, label %step [ i64 3, label %early\n i64 5, label %early ]",
        "%seen = phi i64 [ %at, %inner ], [ %at, %inner ]\n  %r = uitofp i64 %seen to double\n  ret double %r",
    )

    got = ir.apply(one_exit.RULE, text)

    assert crossings(function(got, "f")) == 0
    compiled = ir.library(got).f
    compiled.restype = ctypes.c_double
    assert [compiled(ctypes.c_double(0), ctypes.c_int64(n)) for n in (1, 2, 3, 6)] == [0, 0, 3, 3]


def test_an_exit_that_can_only_panic_is_left_alone(ir: Ir) -> None:
    text = leaving(
        "%bad = icmp eq i64 %at, 3\n  br i1 %bad, label %early, label %step", "call void @panic()\n  unreachable"
    )

    assert ir.unchanged(one_exit.RULE, text)


def test_an_exit_of_one_loop_is_left_alone(ir: Ir) -> None:
    text = leaving("%bad = icmp eq i64 %at, 3\n  br i1 %bad, label %latch, label %step", "ret double 1.0")

    assert ir.unchanged(one_exit.RULE, text)


def test_a_call_that_leaves_two_loops_is_refused(ir: Ir) -> None:
    text = leaving("invoke void @panic() to label %step unwind label %early",
                   "%pad = landingpad { ptr, i32 } cleanup\n  ret double 1.0")  # fmt: skip
    text = text.replace("@f(double %x, i64 %n) {", "@f(double %x, i64 %n) personality ptr @panic {")

    with pytest.raises(Refused, match="a loop cannot be differentiated") as caught:
        one_exit.RULE.apply(ir.parse(text))

    assert "in `f`" in caught.value.why
