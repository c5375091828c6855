"""Control flow as numbers: reachability, cycles, dominators, natural loops and their nesting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.loops import Flow, Loop, natural_loops
from ir.reading import function

if TYPE_CHECKING:
    from ir.reading import Ir


def flow(ir: Ir, *edges: tuple[int, ...]) -> Flow:
    """Make the control flow in which block i goes to `edges[i]`."""
    lines = ["define void @f(i64 %x) {"]
    for block, to in enumerate(edges):
        lines.append(f"b{block}:")
        cases = " ".join(f"i64 {number}, label %b{label}" for number, label in enumerate(to[1:]))
        lines.append(f"  switch i64 %x, label %b{to[0]} [ {cases} ]" if to else "  ret void")
    return Flow(function(ir.parse("\n".join([*lines, "}", ""])), "f"))


def test_an_edge_that_is_named_twice_is_one(ir: Ir) -> None:
    got = flow(ir, (1, 1, 1), ())

    assert (got.successors, got.predecessors) == ([[1], []], [[], [0]])


def test_blocks_that_nothing_goes_to_are_not_reachable(ir: Ir) -> None:
    got = flow(ir, (2,), (2,), ())

    assert got.reachable == {0, 2}
    assert got.order == [0, 2]


def test_what_reaches_a_goal_contains_the_goal(ir: Ir) -> None:
    assert flow(ir, (1, 2), (3,), (2,), ()).reaching({3}) == {0, 1, 3}


def test_dominators_are_the_nearest_blocks_on_every_way(ir: Ir) -> None:
    diamond_then_loop = flow(ir, (1, 2), (3,), (3,), (4, 5), (3,), ())

    assert diamond_then_loop.dominators() == {0: 0, 1: 0, 2: 0, 3: 0, 4: 3, 5: 3}


def test_dominators_of_two_entries_into_a_cycle_are_above_both(ir: Ir) -> None:
    assert flow(ir, (1, 2), (2,), (1, 3), ()).dominators() == {0: 0, 1: 0, 2: 0, 3: 2}


def test_dominators_do_not_come_from_unreachable_blocks(ir: Ir) -> None:
    assert flow(ir, (2,), (2,), ()).dominators() == {0: 0, 2: 0}


def test_a_block_that_goes_to_itself_is_a_loop(ir: Ir) -> None:
    got = flow(ir, (1,), (1, 2), ())

    assert natural_loops(got) == [Loop(header=1, latches=(1,), body=frozenset({1}))]
    assert got.in_cycles() == {1}


def test_inner_loops_come_before_those_around_them(ir: Ir) -> None:
    nested = flow(ir, (1,), (2,), (3,), (3, 4), (2, 5), (1, 6), ())

    assert [loop.header for loop in natural_loops(nested)] == [3, 2, 1]
    assert [sorted(loop.body) for loop in natural_loops(nested)] == [[3], [2, 3, 4], [1, 2, 3, 4, 5]]


def test_two_ways_back_to_one_header_are_one_loop_with_two_latches(ir: Ir) -> None:
    (loop,) = natural_loops(flow(ir, (1,), (2, 3), (1, 4), (1, 4), ()))

    assert (loop.header, sorted(loop.latches), sorted(loop.body)) == (1, [2, 3], [1, 2, 3])


def test_early_exits_are_not_in_the_loop(ir: Ir) -> None:
    (loop,) = natural_loops(flow(ir, (1,), (2, 4), (1, 3), (4,), ()))

    assert loop.body == {1, 2}


def test_a_cycle_with_two_entries_is_no_natural_loop_but_a_cycle(ir: Ir) -> None:
    got = flow(ir, (1, 2), (2,), (1, 3), ())

    assert natural_loops(got) == []
    assert got.in_cycles() == {1, 2}


def test_a_function_without_cycles_has_no_loops(ir: Ir) -> None:
    got = flow(ir, (1, 2), (3,), (3,), ())

    assert natural_loops(got) == []
    assert got.in_cycles() == set()


def test_every_cycle_is_found_wherever_it_stands(ir: Ir) -> None:
    assert flow(ir, (1, 4), (2,), (1, 3), (4,), (5,), (4, 6), ()).in_cycles() == {1, 2, 4, 5}
