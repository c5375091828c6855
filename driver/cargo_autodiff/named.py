"""Classes of named parts, as `dataclasses` makes them, without compiling code for each when it is imported.

`dataclass` takes 0.8 ms for a class and 10 ms to be imported itself, and the wrapper's way through the driver meets
38 of them: half the time of a build in which everything is found. Type checkers know both kinds here as
dataclasses whose parts are given by name (PEP 681).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")
Of = TypeVar("Of", bound="_Named")


class _Each:
    """In place of a default: what makes one for each object."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def each(*, factory: Callable[[], Made]) -> Made:
    """Declare that a part that is not given is made anew for each object."""
    made: Any = _Each(factory)
    return made  # type: ignore[no-any-return]


class _Named:
    _names: tuple[str, ...] = ()

    def __init_subclass__(cls) -> None:
        own = cls.__dict__.get("__annotations__", {})  # noqa: RUF063 - who imports `inspect` waits for it
        cls._names = (*cls._names, *own)

    def __init__(self, **given: Any) -> None:
        kind, parts = type(self), self.__dict__
        for name in kind._names:
            if name in given:
                parts[name] = given.pop(name)
            elif hasattr(kind, name):
                default = getattr(kind, name)
                parts[name] = default.make() if isinstance(default, _Each) else default
            else:
                raise TypeError(f"{kind.__name__} needs `{name}`")
        if given:
            raise TypeError(f"{kind.__name__} has no `{next(iter(given))}`")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={part!r}' for name, part in as_dict(self).items())})"


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(each,))
class Named(_Named):
    """One of its kind, equal to itself alone; its parts may change."""


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(each,))
class Frozen(_Named):
    """A value: it stays as it is, and equals another of its class where all parts do."""

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be taken away")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and as_dict(self) == as_dict(other)

    def __hash__(self) -> int:
        return hash(tuple(as_dict(self).values()))


def as_dict(of: _Named) -> dict[str, Any]:
    """Give the parts by name, in the order of the class; not what it caches beside them."""
    return {name: of.__dict__[name] for name in of._names}


def replace(old: Of, **changed: Any) -> Of:
    """Make one with some other parts."""
    return type(old)(**{**as_dict(old), **changed})
