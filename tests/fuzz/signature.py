"""Functions of other signatures than `fn f(x: &[F]) -> F`: parameters of every activity, results of several kinds.

The function that is differentiated is `g` then. `f`, which is judged, makes each parameter of `g` linearly of `x`, and
a weighted sum of what `g` returns and writes. Its derivative calls that of `g` and does both by hand. Where there are
several shadows, lane k has k + 1 times the tangent or the seed, and the mean of what each says of one counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from fuzz.scope import Scope, Sequence, Shape, number
from judging.program import Mode

if TYPE_CHECKING:
    from fuzz.scope import Choices
    from fuzz.tree import Node

T = TypeVar("T")

STRUCTURE = "#[derive(Clone, Copy, Debug)]\npub struct Given { pub a: F, pub n: usize, pub b: [F; 3] }\n"
_BEFORE = "(0.25 as F)"
"""What the shadow of `x` holds before the adjoint is added."""
_LENGTH = 5
_PLACES = ("@.a", "@.b[0]", "@.b[1]", "@.b[2]")


@dataclass(frozen=True)
class Kind:
    """How a parameter of a type is made, used, and differentiated. Its texts have `@` for what they are about."""

    type: str
    made: str
    """What it is of `x`, linearly; its tangent, of a tangent of `x`."""
    reverse: str = "Const"
    forward: str = "Const"
    borrow: str = ""
    floats: tuple[str, ...] = ()
    integers: tuple[str, ...] = ()
    is_sequence: bool = False
    inner: tuple[str, ...] = ()
    """Sequences inside of it."""
    shadow: str = ""
    """What its shadow holds before the reverse mode: `@` is the seed."""
    back: str = ""
    """What gives its adjoint back, by `add(coordinate of x, number)`."""
    sum: str = ""
    """The weighted sum of what it holds in the end, where it is written."""

    @property
    def is_written(self) -> bool:
        """Tell whether the function changes it."""
        return self.borrow == "&mut "

    @property
    def is_output(self) -> bool:
        """Tell whether what is left there has a derivative."""
        return self.is_written and bool(self.sum)

    @property
    def is_shared(self) -> bool:
        """Tell whether nobody may change it, not even a derivative."""
        return self.borrow == "&"


_COLLECTED = f"(0..{_LENGTH}).map(|i| @[i % @.len()] * 0.9).collect::<Vec<F>>()"
_COLLECTED_BACK = f"for i in 0..{_LENGTH} {{ add(i, @[i] * 0.9); }}"
_PAIRS = "(0..4).map(|i| [@[i % @.len()] * 0.9, @[(i + 1) % @.len()] * 0.5]).collect::<Vec<[F; 2]>>()"
_PAIRS_BACK = "for i in 0..4 { add(i, @[i][0] * 0.9); add(i + 1, @[i][1] * 0.5); }"
_GIVEN = "Given { a: @[0] * 0.7, n: 2, b: [@[1] * 1.1, @[2] * 0.6, @[0] * 0.9] }"
_GIVEN_BACK = "add(0, @.a * 0.7 + @.b[2] * 0.9); add(1, @.b[0] * 1.1); add(2, @.b[1] * 0.6);"
_active = partial(Kind, reverse="Active", forward="Dual")
_read = partial(Kind, reverse="Duplicated", forward="Dual", borrow="&")
_written = partial(Kind, reverse="Duplicated", forward="Dual", borrow="&mut ")

_SLICE = _read("&[F]", _COLLECTED, is_sequence=True, shadow=f"vec![0.0 as F; {_LENGTH}]", back=_COLLECTED_BACK)
_OUTPUT = _written(
    "&mut [F]",
    _COLLECTED,
    is_sequence=True,
    shadow=f"(0..{_LENGTH}).map(|i| (1 + i % 3) as F * 0.5 * @).collect::<Vec<F>>()",
    back=_COLLECTED_BACK,
    sum="@.iter().enumerate().map(|(i, v)| (1 + i % 3) as F * 0.5 * v).sum::<F>()",
)
_PLACES_OF_PAIRS = ("@[0][1]", "@[1][0]", "@[3][1]")
_KINDS: tuple[tuple[Kind, int], ...] = (
    (_active("F", "@[1] * 0.7", floats=("@",), back="add(1, @ * 0.7);"), 3),
    (
        _active(
            "(F, F)",
            "(@[0] * 0.8, @[2] * 1.2)",
            floats=("@.0", "@.1"),
            back="add(0, @.0 * 0.8); add(2, @.1 * 1.2);",
        ),
        1,
    ),
    (
        _active(
            "[F; 3]",
            "[@[0] * 0.8, @[1] * 1.2, @[2] * 0.9]",
            is_sequence=True,
            back="add(0, @[0] * 0.8); add(1, @[1] * 1.2); add(2, @[2] * 0.9);",
        ),
        1,
    ),
    (_SLICE, 2),
    (replace(_SLICE, forward="Dualv"), 1),
    (replace(_SLICE, type="&Vec<F>"), 1),
    (_OUTPUT, 4),
    (replace(_OUTPUT, forward="Dualv"), 1),
    (
        _written(
            "&mut F",
            "@[1] * 0.7",
            floats=("(*@)",),
            shadow="0.6 * @",
            back="add(1, @ * 0.7);",
            sum="0.6 * @",
        ),
        1,
    ),
    (
        _read("&[[F; 2]]", _PAIRS, floats=_PLACES_OF_PAIRS, shadow="vec![[0.0 as F; 2]; 4]", back=_PAIRS_BACK),
        1,
    ),
    (
        _written(
            "&mut [[F; 2]]",
            _PAIRS,
            floats=_PLACES_OF_PAIRS,
            shadow="vec![[0.4 * @, -0.7 * @]; 4]",
            back=_PAIRS_BACK,
            sum="@.iter().map(|v| 0.4 * v[0] - 0.7 * v[1]).sum::<F>()",
        ),
        1,
    ),
    (
        _read(
            "&Given",
            _GIVEN,
            floats=_PLACES,
            integers=("@.n",),
            shadow="Given { a: 0.0, n: 2, b: [0.0; 3] }",
            back=_GIVEN_BACK,
        ),
        2,
    ),
    (
        _written(
            "&mut Given",
            _GIVEN,
            floats=_PLACES,
            integers=("@.n",),
            shadow="Given { a: 0.3 * @, n: 2, b: [0.5 * @, -0.4 * @, 0.2 * @] }",
            back=_GIVEN_BACK,
            sum="(0.3 * @.a + 0.5 * @.b[0] - 0.4 * @.b[1] + 0.2 * @.b[2])",
        ),
        2,
    ),
    (Kind("usize", "3", integers=("@",)), 2),
    (Kind("F", "0.8", floats=("@",)), 1),
    (Kind("&[F]", "vec![0.3 as F, 0.9, 1.4, 0.6]", borrow="&", is_sequence=True), 2),
    (Kind("impl Fn(F) -> F + Copy", "|y: F| 0.3 * y * y + 0.2", floats=("@(x[0])", "@(x[1])")), 1),
)

_ROWS = "(0..3).map(|i| vec![@[i % @.len()] * 0.9, @[0] * 0.4, @[1] * 0.8]).collect::<Vec<Vec<F>>>()"
_ROWS_BACK = "for i in 0..3 { add(i, @[i][0] * 0.9); add(0, @[i][1] * 0.4); add(1, @[i][2] * 0.8); }"
_NESTED: tuple[tuple[Kind, int], ...] = (
    (Kind("&mut [F]", "vec![0.3 as F, 0.9, 1.4, 0.6]", borrow="&mut ", is_sequence=True), 2),
    (
        Kind(
            "&[Vec<F>]",
            "vec![vec![0.3 as F, 0.9, 0.4], vec![1.4, 0.6, 0.2]]",
            borrow="&",
            floats=("@[0][1]",),
            inner=("@[1]",),
        ),
        2,
    ),
    (
        _read(
            "&[Vec<F>]",
            _ROWS,
            floats=("@[0][1]",),
            inner=("@[1]",),
            shadow="vec![vec![0.0 as F; 3]; 3]",
            back=_ROWS_BACK,
        ),
        2,
    ),
    (
        _written(
            "&mut [Vec<F>]",
            _ROWS,
            floats=("@[0][1]",),
            inner=("@[1]",),
            shadow="vec![vec![0.4 * @, -0.7 * @, 0.3 * @]; 3]",
            back=_ROWS_BACK,
            sum="@.iter().map(|v| 0.4 * v[0] - 0.7 * v[1] + 0.3 * v[2]).sum::<F>()",
        ),
        2,
    ),
)


@dataclass(frozen=True)
class Result:
    """What `g` returns: how it is made of the float in its hole, its weighted sum, and the sum's adjoint."""

    type: str
    made: str
    sum: str
    seed: str


_RESULTS = (
    (Result("F", "$", "@", "@"), 6),
    (Result("(F, F)", "($, x[0] * x[1])", "(@.0 + 0.4 * @.1)", "(@, 0.4 * @)"), 1),
    (Result("[F; 2]", "[x[1].sin(), $]", "(@[1] - 0.3 * @[0])", "[-0.3 * @, @]"), 1),
)


@dataclass(frozen=True)
class Parameter:
    """A parameter of `g`."""

    name: str
    kind: Kind
    is_scratch: bool = False
    """Nobody needs what is written to it: `DuplicatedOnly`, `DualOnly`."""

    def activity(self, mode: Mode) -> str:
        """Give the attribute's word."""
        word = self.kind.reverse if mode is Mode.REVERSE else self.kind.forward
        return f"{word}Only" if self.is_scratch else word

    def has_shadow(self, mode: Mode) -> bool:
        """Tell whether a derivative takes shadows of it."""
        return self.activity(mode) not in ("Const", "Active")

    @property
    def passed(self) -> str:
        """The variable of its value, as an argument."""
        return self.kind.borrow + self.name

    @property
    def is_joined(self) -> bool:
        """Tell whether the shadows of all lanes are one in forward mode."""
        return self.kind.forward == "Dualv"

    def shadows(self, width: int, borrow: str) -> list[str]:
        """Give its shadows as arguments."""
        return [f"{borrow}{self.name}_{lane}" for lane in range(width)]

    def joined(self, width: int) -> str:
        """Make one shadow of all."""
        return f"let mut {self.name}_all = [{', '.join(f'&{self.name}_{lane}[..]' for lane in range(width))}].concat();"

    def parted(self, lane: int) -> str:
        """Take what it holds apart again."""
        return f"let {self.name}_{lane} = &{self.name}_all[{lane * _LENGTH}..][..{_LENGTH}];"


@dataclass(frozen=True)
class Signature:
    """The parameters of `g` after `x`, its result if it has one, and how many shadows there are in each mode."""

    parameters: tuple[Parameter, ...]
    result: Result | None
    gives_value: bool
    """The derivatives give the value, too, not only what is asked for (`ActiveOnly`, `DualOnly`)."""
    reverse_width: int
    forward_width: int

    @property
    def header(self) -> str:
        """The beginning of `g`."""
        parameters = ", ".join(["x: &[F]", *(f"{one.name}: {one.kind.type}" for one in self.parameters)])
        return f"pub fn g({parameters})" + (f" -> {self.result.type}" if self.result else "")

    def scope(self) -> Scope:
        """Say what the body of `g` can use."""
        scope = Scope(sequences=[Sequence("x", Shape.SLICE, mutable=False)])
        scope.returns = f"return {self.result.made};" if self.result else ""
        for one in self.parameters:
            floats = [_of(text, one.name) for text in one.kind.floats]
            scope.floats += floats
            scope.changing += floats if one.kind.is_written else []
            scope.integers += [_of(text, one.name) for text in one.kind.integers]
            names = [*([one.name] if one.kind.is_sequence else []), *(_of(text, one.name) for text in one.kind.inner)]
            scope.sequences += [Sequence(name, Shape.SLICE, mutable=one.kind.is_written) for name in names]
        return scope

    def ending(self, total: Node) -> Node:
        """Make the end of the body of a float."""
        if self.result:
            return number(self.result.made, total)
        written = next(one for one in self.parameters if one.kind.is_output and one.kind.is_sequence)
        return number(f"{written.name}[1] += $;", total)

    @property
    def f(self) -> str:
        """The function that is judged."""
        call = f"g({', '.join(['x', *(one.passed for one in self.parameters)])})"
        return "\n".join(
            ["pub fn f(x: &[F]) -> F {", *self._made("x"), f"let value = {call};", self._sum("value"), "}"]
        )

    def derivative(self, mode: Mode) -> str:
        """Write a module's body, with the derivative `df` of `f`."""
        names = ", ".join(["x", *(one.name for one in self.parameters)])
        return "\n".join(
            [
                "use primal::{F, Given};",
                f"#[autodiff::autodiff_{mode.value}({', '.join(self._words(mode))})]",
                f"{self.header} {{ primal::g({names}) }}",
                *(self._reverse() if mode is Mode.REVERSE else self._forward()),
            ]
        )

    def _words(self, mode: Mode) -> list[str]:
        width = self.reverse_width if mode is Mode.REVERSE else self.forward_width
        of_x, of_result = ("Duplicated", "Active") if mode is Mode.REVERSE else ("Dual", "Dual")
        of_result = of_result if self.gives_value else f"{of_result}Only"
        own = [of_x, *(one.activity(mode) for one in self.parameters), *([of_result] if self.result else [])]
        return ["dg", *([str(width)] if width > 1 else []), *own]

    def _made(self, x: str, end: str = "") -> list[str]:
        made = self.parameters if not end else [one for one in self.parameters if one.has_shadow(Mode.FORWARD)]
        return [f"let mut {one.name}{end} = {_of(one.kind.made, x)};" for one in made]

    def _sum(self, value: str, end: str = "") -> str:
        """Sum up what `g` returned, and what it left in variables whose names end so."""
        sums = [_of(one.kind.sum, one.name + end) for one in self.parameters if one.kind.sum]
        return " + ".join([*([_of(self.result.sum, value)] if self.result else []), *sums])

    def _value(self) -> str:
        """Give the value that a derivative gives, or none but the function itself."""
        whole = self.gives_value and not any(one.is_scratch for one in self.parameters)
        return self._sum("value") if whole else "primal::f(x)"

    def _called(self, pattern: str, shadows: list[str], arguments: list[str]) -> list[str]:
        """Call the derivative; what only references lead to is afterwards as it was before."""
        call = f"dg({', '.join(['x', *shadows, *arguments])})"
        call = f"unsafe {{ {call} }}" if any(one.is_scratch for one in self.parameters) else call
        shared = ", ".join(["x", *(f"&{one.name}" for one in self.parameters if one.kind.is_shared)])
        seen = f'format!("{{:?}}", ({shared},))'
        return [f"let before = {seen};", f"let {pattern} = {call};", f"assert_eq!(before, {seen});"]

    def _reverse(self) -> list[str]:
        width = self.reverse_width
        arguments: list[str] = []
        lines = ["pub fn df(x: &[F], dx: &mut [F], seed: F) -> F {", *self._made("x")]
        for lane in range(width):
            lines.append(f"let mut x_{lane} = vec![{_BEFORE}; x.len()];")
            lines += [
                f"let mut {one.name}_{lane} = {_of(one.kind.shadow, f'({lane + 1} as F * seed)')};"
                for one in self.parameters
                if one.has_shadow(Mode.REVERSE)
            ]
        for one in self.parameters:
            arguments += [one.passed, *(one.shadows(width, "&mut ") if one.has_shadow(Mode.REVERSE) else [])]
        arguments += [_of(self.result.seed, "seed")] if self.result else []
        active = [f"{one.name}_0" for one in self.parameters if one.activity(Mode.REVERSE) == "Active"]
        given = [*(["value"] if self.result and self.gives_value else []), *active]
        lines += self._called(_pattern(given), [f"&mut x_{lane}" for lane in range(width)], arguments)
        for lane in range(width):
            lines.append(f"let mut add = |i: usize, d: F| dx[i % x.len()] += d / ({(lane + 1) * width} as F);")
            lines.append(f"for i in 0..x.len() {{ add(i, x_{lane}[i] - {_BEFORE}); }}")
            lines += [_of(one.kind.back, f"{one.name}_{lane}") for one in self.parameters]
        return [*lines, self._value(), "}"]

    def _forward(self) -> list[str]:
        width = self.forward_width
        arguments: list[str] = []
        lines = ["pub fn df(x: &[F], t: &[F]) -> (F, F) {", *self._made("x")]
        for lane in range(width):
            lines.append(f"let x_{lane}: Vec<F> = t.iter().map(|t| t * {lane + 1} as F).collect();")
            lines += self._made(f"x_{lane}", f"_{lane}")
        joined = [one for one in self.parameters if one.is_joined]
        lines += [one.joined(width) for one in joined]
        for one in self.parameters:
            shadows = one.shadows(width, one.kind.borrow) if one.has_shadow(Mode.FORWARD) else []
            arguments += [one.passed, *([f"{one.kind.borrow}{one.name}_all"] if one.is_joined else shadows)]
        lanes = [f"value_{lane}" for lane in range(width)] if self.result else []
        given = [*(["value"] if self.result and self.gives_value else []), *lanes]
        pattern = f"[{', '.join(given)}]" if width > 1 and given else _pattern(given)
        lines += self._called(pattern, [f"&x_{lane}" for lane in range(width)], arguments)
        lines += [one.parted(lane) for one in joined for lane in range(width)]
        tangents = [f"({self._sum(f'value_{lane}', f'_{lane}')}) / {(lane + 1) * width} as F" for lane in range(width)]
        return [*lines, f"({self._value()}, {' + '.join(tangents)})", "}"]


def _of(text: str, what: str) -> str:
    return text.replace("@", what)


def _pattern(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def signature(choices: Choices, *, nested: bool) -> Signature:
    """Choose one, with vectors in slices and buffers that are Const or without."""
    parameters = []
    for _ in range(1 + choices.below(4)):
        kind = _chosen(choices, (*_KINDS, *_NESTED) if nested else _KINDS)
        parameters.append(Parameter(choices.name("p"), kind, is_scratch=kind.is_output and choices.chance(0.15)))
    can_return_nothing = any(one.kind.is_output and one.kind.is_sequence for one in parameters)
    result = None if can_return_nothing and choices.chance(0.4) else _chosen(choices, _RESULTS)
    is_wide = result is None and all(one.kind.reverse != "Active" for one in parameters) and choices.chance(0.5)
    return Signature(
        parameters=tuple(parameters),
        result=result,
        gives_value=choices.chance(0.75),
        reverse_width=2 if is_wide else 1,
        forward_width=1 + choices.below(3) if choices.chance(0.4) else 1,
    )


def _chosen(choices: Choices, weighted: tuple[tuple[T, int], ...]) -> T:
    (found,) = choices.random.choices([one for one, _ in weighted], [weight for _, weight in weighted])
    return found
