"""The generator, the reducer, and a short run (docs/fuzzing.md tells of long ones)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fuzz.__main__ import main
from fuzz.generate import generate
from fuzz.scope import number, statement
from fuzz.tree import Block, cut_out, cuts, disjoint

if TYPE_CHECKING:
    from cargo_autodiff.toolchain.locate import Toolchain


def test_a_seed_is_always_the_same_function() -> None:
    assert generate(7) == generate(7)
    assert generate(7) != generate(8)


def test_every_cut_makes_a_tree_smaller() -> None:
    tree = generate(11).items

    sizes = [len(str(cut_out(tree, cut))) for cut in cuts(tree)]

    assert len(sizes) > 50
    assert max(sizes) < len(str(tree))


def test_cuts_that_do_not_touch_can_be_made_together() -> None:
    tree = Block((statement("let a = $;", number("f($)", number("x[1]"))), statement("g();")))
    whole = [cut for cut in cuts(tree) if len(cut) == 1]
    first, second = (next(cut for cut in whole if cut[0][0] == path) for path in ((0, 0), (1,)))

    assert disjoint(first, second)
    assert not disjoint(first, (((0,), statement("")),))
    assert str(cut_out(tree, (*first, *second))) == "let a = x[0];"


def test_functions_of_other_signatures_bring_their_own_derivatives() -> None:
    programs = [generate(seed).program() for seed in range(40_000, 40_030)]

    own = [program for program in programs if program.modules]
    assert 10 < len(own) < 30
    text = "".join(text for program in own for _, text in program.modules)
    for word in ("DuplicatedOnly", "DualOnly", "Dualv", "Const", "ActiveOnly", "dg, 2", "dg, 3"):
        assert word in text
    assert all(generate(seed).program().modules == () for seed in range(30_000, 30_020)), "earlier ones stay"


@pytest.mark.parametrize(("seed", "count"), [(0, 50), (40_000, 30), (93_100, 50), (111_000, 30)])
def test_no_derivative_of_some_random_functions_is_wrong(
    seed: int, count: int, llvm22: Toolchain, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--seed", str(seed), "--count", str(count)])

    assert code == 0, capsys.readouterr().out
