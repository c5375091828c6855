"""Classes of named parts."""

from __future__ import annotations

from functools import cached_property

import pytest

from cargo_autodiff.named import Frozen, Named, as_dict, each, replace


class Point(Frozen):
    x: int
    y: int = 2

    @cached_property
    def sum(self) -> int:
        return self.x + self.y


class Named3(Point):
    z: int = 3


class Basket(Named):
    apples: list[str] = each(factory=list)


class Sack(Frozen):
    apples: list[str] = each(factory=list)


def test_parts_are_given_by_name_or_have_a_default() -> None:
    assert as_dict(Point(x=1)) == {"x": 1, "y": 2}
    assert as_dict(Named3(x=1, y=5)) == {"x": 1, "y": 5, "z": 3}


@pytest.mark.parametrize("given", [{}, {"y": 1}, {"x": 1, "w": 2}])
def test_what_is_missing_or_unknown_is_a_mistake(given: dict[str, int]) -> None:
    with pytest.raises(TypeError, match=r"`[xw]`"):
        Point(**given)


def test_a_value_stays_as_it_is() -> None:
    point = Point(x=1)

    with pytest.raises(AttributeError, match=r"Point\.x"):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match=r"Point\.x"):
        del point.x
    assert point.x == 1


def test_values_are_equal_where_their_parts_are_whatever_they_remember() -> None:
    one, other = Point(x=1), Point(x=1, y=2)
    assert one.sum == 3

    assert one == other
    assert hash(one) == hash(other)
    assert one != Point(x=2)
    assert one != Named3(x=1)
    assert len({one, other}) == 1


def test_others_are_equal_to_themselves_alone() -> None:
    basket = Basket()

    assert basket == basket
    assert basket != Basket()


@pytest.mark.parametrize("kind", [Basket, Sack])
def test_each_object_has_its_own(kind: type[Basket | Sack]) -> None:
    one, other = kind(), kind()
    one.apples.append("Cox")

    assert other.apples == []


def test_one_with_other_parts_forgets_what_was_computed_of_the_first() -> None:
    one = Point(x=1)
    assert one.sum == 3

    assert replace(one, x=5).sum == 7


def test_it_shows_its_parts() -> None:
    assert repr(Point(x=1)) == "Point(x=1, y=2)"
