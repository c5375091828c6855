"""Ranges that include their end, as the first round leaves them: their counters become plain, and count the same."""

from __future__ import annotations

import ctypes
import re
from itertools import product
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.rules import ways_back

if TYPE_CHECKING:
    from ir.reading import Ir

# horner's sum of the numbers, so that their order counts
RANGE = """
define i8 @f(i8 %first, i8 %end) {
entry:
  %none = icmp BEYOND i8 %first, %end
  br i1 %none, label %done, label %loop
loop:
  %i = phi i8 [ %first, %entry ], [ %next, %loop ]
  %sum = phi i8 [ 0, %entry ], [ %more, %loop ]
  %last = icmp LAST i8 %i, %end
  %not = xor i1 %last, true
STEP
  %scaled = mul i8 %sum, 3
  %more = add i8 %scaled, %i
  %beyond = icmp BEYOND i8 %next, %end
  %inside = icmp INSIDE i8 %next, %end
LEAVE
done:
  %all = phi i8 [ 0, %entry ], [ %more, %loop ]
  ret i8 %all
}
"""
UP = "  %one = zext i1 %not to i8\n  %next = add FLAG i8 %i, %one"
DOWN = "  %one = sext i1 %not to i8\n  %next = add FLAG i8 %i, %one"
CHOSEN = "  %moved = add i8 %i, MOVE\n  %next = select i1 %last, i8 %i, i8 %moved"
CHOSEN_NOT = "  %moved = add i8 %i, MOVE\n  %next = select i1 %not, i8 %moved, i8 77"
EITHER = "  %over = or i1 %last, %beyond\n  br i1 %over, label %done, label %loop"
EITHER_IN_TURN = "  %over = select i1 %last, i1 true, i1 %beyond\n  br i1 %over, label %done, label %loop"
BOTH = "  %on = and i1 %not, %inside\n  br i1 %on, label %loop, label %done"
BOTH_IN_TURN = "  %on = select i1 %not, i1 %inside, i1 false\n  br i1 %on, label %loop, label %done"
DIRECTIONS = {
    "unsigned up": ("uge", "ugt", "nuw", 1),
    "signed up": ("sge", "sgt", "nsw", 1),
    "unsigned down": ("ule", "ult", "", -1),
    "signed down": ("sle", "slt", "nsw", -1),
}
SOME = (0, 1, 2, 5, 126, 127, 128, 129, 253, 254, 255)


def written(direction: str, step: str, leave: str) -> str:
    last, beyond, flag, move = DIRECTIONS[direction]
    inside = {"ugt": "ule", "sgt": "sle", "ult": "uge", "slt": "sge"}[beyond]
    steps = {"added": UP if move > 0 else DOWN, "chosen": CHOSEN, "chosen by the opposite": CHOSEN_NOT}
    text = RANGE.replace("STEP", steps[step]).replace("LEAVE", leave)
    words = {"LAST": last, "BEYOND": beyond, "INSIDE": inside, "FLAG": flag, "MOVE": str(move)}
    for word, stands_for in words.items():
        text = text.replace(word, stands_for)
    return text


def counted(direction: str, first: int, end: int) -> int:
    signed, move = direction.startswith("signed"), DIRECTIONS[direction][3]
    if signed:
        first, end = (number - 256 if number > 127 else number for number in (first, end))
    total = 0
    for number in range(first, end + move, move):
        total = total * 3 + number
    return total % 256


LEAVING = {"or": EITHER, "or in turn": EITHER_IN_TURN, "and": BOTH, "and in turn": BOTH_IN_TURN}
WAYS = [
    pytest.param(step, text, id=f"{step}-{name}")
    for step in ("added", "chosen", "chosen by the opposite")
    for name, text in LEAVING.items()
    if step != "chosen" or text in (EITHER, EITHER_IN_TURN)  # not by the opposite of what is asked to go on
]


@pytest.mark.parametrize(("step", "leave"), WAYS)
@pytest.mark.parametrize("direction", DIRECTIONS)
class TestARangeThatIncludesItsEnd:
    def test_counts_the_same(self, ir: Ir, direction: str, step: str, leave: str) -> None:
        f = ir.library(ir.apply(ways_back.RULE, written(direction, step, leave))).f
        f.argtypes, f.restype = [ctypes.c_uint8, ctypes.c_uint8], ctypes.c_uint8

        for first, end in product(SOME, SOME):
            assert f(first, end) == counted(direction, first, end), (first, end)

    def test_moves_without_a_condition(self, ir: Ir, direction: str, step: str, leave: str) -> None:
        got = ir.text(ir.apply(ways_back.RULE, written(direction, step, leave)))

        way = re.search(r"%i = phi i8 \[ %first, %entry \], \[ (%\w+), %loop \]", got)
        assert way is not None
        assert re.search(rf"^  {way[1]} = add (nuw |nsw )?i8 %i, {DIRECTIONS[direction][3]}$", got, re.MULTILINE)


@pytest.mark.parametrize("direction", ["unsigned up", "signed up", "signed down"])
def test_its_loop_is_left_by_one_condition_after_the_first_round(ir: Ir, direction: str) -> None:
    text = written(direction, "added", EITHER_IN_TURN)
    mixed = re.compile(r"= ([sz]ext|select|or) i1 ")

    assert mixed.search(ir.after("first round", text)) is None
    assert mixed.search(ir.after("first round", text, without=("ways-back",))) is not None


@pytest.mark.parametrize(
    "changed",
    [
        ("br i1 %over, label %done, label %loop", "br i1 %over, label %loop, label %done"),
        ("%over = select i1 %last, i1 true, i1 %beyond", "%over = select i1 %beyond, i1 true, i1 %last"),
        ("%not = xor i1 %last, true", "%not = icmp eq i8 %sum, 7"),
        ("%one = zext i1 %not to i8", "%one = zext i1 %last to i8"),
    ],
    ids=[
        "goes on where it was the last",
        "asks in another order",
        "grows by something else",
        "grows when it was the last",
    ],
)
def test_what_is_not_known_stays(ir: Ir, changed: tuple[str, str]) -> None:
    text = written("unsigned up", "added", EITHER_IN_TURN)
    assert changed[0] in text

    assert ir.unchanged(ways_back.RULE, text.replace(*changed))
