"""The generator, the reducer, and a short run (docs/fuzzing.md tells of long ones)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fuzz.__main__ import main
from fuzz.generate import generate
from fuzz.scope import number, statement
from fuzz.tree import Block, cut_out, cuts, disjoint

if TYPE_CHECKING:
    import pytest

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


def test_no_derivative_of_fifty_random_functions_is_wrong(
    llvm22: Toolchain, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--seed", "0", "--count", "50"])

    assert code == 0, capsys.readouterr().out
