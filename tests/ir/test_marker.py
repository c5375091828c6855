"""Requests as the attributes leave them in rustc's IR."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cargo_autodiff.errors import Refused, RequestError
from cargo_autodiff.ir.activity import DiffActivity, DiffMode
from cargo_autodiff.ir.asking import MARKER
from cargo_autodiff.ir.enzyme_call import rewrite
from cargo_autodiff.ir.request import Input, Request
from cargo_autodiff.rust.marker import Marked, read_marked
from ir.reading import callees

if TYPE_CHECKING:
    from ir.reading import Ir

PROGRAMS = Path(__file__).parent / "programs"
LEVELS = [(PROGRAMS / f"marked.O{level}.ll").read_text() for level in (0, 3)]
NORM = "_ZN6marked11norm_target17hc03e4e2dd9a04f20E"


def inputs(*activities: DiffActivity) -> tuple[Input, ...]:
    return tuple(Input(activity=activity) for activity in activities)


@pytest.mark.parametrize("text", LEVELS, ids=["O0", "O3"])
class TestRustcsRecords:
    def test_are_read_in_order_of_their_placeholders(self, ir: Ir, text: str) -> None:
        assert [entry.request.target for entry in read_marked(ir.parse(text))] == [NORM, "dcube"]

    def test_say_where_the_attribute_stands(self, ir: Ir, text: str) -> None:
        assert [entry.place for entry in read_marked(ir.parse(text))] == ["src/lib.rs:3:1", "src/lib.rs:40:5"]

    def test_hold_a_whole_request(self, ir: Ir, text: str) -> None:
        assert read_marked(ir.parse(text))[1].request == Request(
            source="_ZN6marked11cube_source17h9129f1568139809dE",
            target="dcube",
            mode=DiffMode.FORWARD,
            returned=DiffActivity.DUAL_ONLY,
            inputs=inputs(DiffActivity.DUAL, DiffActivity.CONST),
        )

    def test_give_slices_a_length_and_nothing_to_what_has_no_size(self, ir: Ir, text: str) -> None:
        """The first parameter is a closure without captures, the second a slice."""
        assert read_marked(ir.parse(text))[0].request.inputs == inputs(
            DiffActivity.DUPLICATED, DiffActivity.FAKE_SIZE, DiffActivity.DUPLICATED
        )

    def test_fit_their_placeholders(self, ir: Ir, text: str) -> None:
        module = ir.parse(text)

        for entry in read_marked(module):
            rewrite(module, entry.request)

        assert module.problem() == ""
        assert callees(module, NORM) == [f"__enzyme_autodiff{NORM}"]
        assert callees(module, "dcube") == ["__enzyme_fwddiffdcube"]


def test_a_module_without_the_marker_asks_for_nothing(ir: Ir) -> None:
    assert read_marked(ir.parse("define void @f() {\n ret void\n}\n")) == []


def test_a_record_that_is_no_constant_is_refused(ir: Ir) -> None:
    text = f"define void @df(ptr %p) {{\n call void @{MARKER}(ptr %p)\n ret void\n}}\ndeclare void @{MARKER}(ptr)\n"

    with pytest.raises(RequestError, match="a request cannot be read from the IR") as caught:
        read_marked(ir.parse(text))

    assert "in `df` the marker is called" in caught.value.why


def test_a_marker_whose_address_is_taken_is_refused(ir: Ir) -> None:
    text = f"define void @df(ptr %p) {{\n store ptr @{MARKER}, ptr %p\n ret void\n}}\ndeclare void @{MARKER}(ptr)\n"

    with pytest.raises(RequestError, match="a request cannot be read from the IR"):
        read_marked(ir.parse(text))


def test_a_record_without_source_is_refused(ir: Ir) -> None:
    text = LEVELS[1].replace("<{ ptr @_ZN6marked11cube_source17h9129f1568139809dE", "<{ ptr null")

    with pytest.raises(RequestError, match="a request names no function") as caught:
        read_marked(ir.parse(text))

    assert "`dcube`" in caught.value.why


def test_sizes_that_do_not_fit_the_activities_are_refused(ir: Ir) -> None:
    """The crate and the driver are of two versions."""
    text = LEVELS[1].replace("args=dual,const", "args=dual      ")

    with pytest.raises(RequestError) as caught:
        read_marked(ir.parse(text))

    assert caught.value.where == "src/lib.rs:40:5"
    assert "`dcube`" in caught.value.why
    assert "has 1 activities, but 2 sizes" in caught.value.why


def test_a_record_that_does_not_say_which_function_was_found_is_refused(ir: Ir) -> None:
    text = LEVELS[1].replace("ptr @cube_origin", "ptr null")

    with pytest.raises(RequestError) as caught:
        read_marked(ir.parse(text))

    assert "does not say which function was found" in caught.value.why


@pytest.mark.parametrize("text", LEVELS, ids=["O0", "O3"])
def test_the_function_that_was_found_is_named(ir: Ir, text: str) -> None:
    assert [entry.origin for entry in read_marked(ir.parse(text))] == [
        "(marked::norm, marked::dnorm::{{closure}})",
        "(marked::cube, marked::dcube::{{closure}})",
    ]


def marked(primal: str, derivative: str) -> Marked:
    request = Request(source="f", target="df", mode=DiffMode.REVERSE, inputs=())
    return Marked(request=request, place="a.rs:1:1", origin=f"({primal}, {derivative}::{{{{closure}}}})")


@pytest.mark.parametrize(
    ("primal", "derivative"),
    [
        ("app::f", "app::df"),
        ("app::f", "app::f_d"),
        ("app::f_d", "app::f"),
        ("app::r#type", "app::dtype"),
        ("app::Line::at", "app::Line::dat"),
        ("<app::Line as app::Curve>::at", "<app::Line as app::Curve>::dat"),
        ("<app::M<f64> as app::E<(u8, i32)>>::g<&str, 3>", "<app::M<f64> as app::E<(u8, i32)>>::dg<&str, 3>"),
        ("app::apply<fn(f64, f64) -> f64, [u8; 2]>", "app::dapply<fn(f64, f64) -> f64, [u8; 2]>"),
        ("app::main::{{closure}}::local", "app::main::{{closure}}::dlocal"),
    ],
)
def test_a_primal_beside_its_derivative_is_its_own(primal: str, derivative: str) -> None:
    marked(primal, derivative).require_own_primal()


@pytest.mark.parametrize(
    ("primal", "derivative"),
    [
        ("app::Line::at", "<app::Line as app::Curve>::dat"),
        ("<app::Line as app::Other>::at", "<app::Line as app::Curve>::dat"),
        ("app::Line::at<u8>", "app::Line::dat<u16>"),
        ("app::other::f", "app::df"),
        ("app::f", "other::df"),
        ("app::{{closure}}", "app::df"),
        ("()", ""),
    ],
)
def test_a_primal_from_elsewhere_is_refused(primal: str, derivative: str) -> None:
    with pytest.raises(Refused) as caught:
        marked(primal, derivative).require_own_primal()

    assert caught.value.where == "a.rs:1:1"
    assert f"`{primal}`" in caught.value.why or not derivative


@given(st.text(alphabet="ab:<>(), -{}", max_size=30))
def test_any_origin_is_its_own_or_refused(text: str) -> None:
    entry = marked(text, text + "x")
    try:
        entry.require_own_primal()
    except Refused as refused:
        assert refused.where == "a.rs:1:1"
