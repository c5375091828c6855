"""What is asked for, as one line and as a table: nothing here touches IR."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cargo_autodiff.errors import FileError, UsageError
from cargo_autodiff.ir.activity import DiffActivity, DiffMode
from cargo_autodiff.ir.request import GRAMMAR, Input, Request, parse_request, read_requests

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = Request(
    source="f",
    target="df",
    mode=DiffMode.REVERSE,
    returned=DiffActivity.ACTIVE,
    inputs=(
        Input(activity=DiffActivity.DUPLICATED),
        Input(activity=DiffActivity.FAKE_SIZE),
        Input(activity=DiffActivity.ACTIVE),
    ),
)
FIELDS: dict[str, Any] = {
    "source": "f",
    "target": "df",
    "mode": "reverse",
    "ret": "active",
    "args": ["duplicated:slice", "active"],
}


def parsed(rest: str) -> Request:
    return parse_request(f"source=f,target=df,mode=forward,{rest}")


class TestOneLine:
    def test_is_read_as_the_grammar_shows_it(self) -> None:
        assert parse_request(GRAMMAR) == EXAMPLE

    def test_may_have_blanks_and_any_case(self) -> None:
        assert (
            parse_request(" source=f, target=df ,mode=Reverse, ret=ACTIVE,args= Duplicated:slice , active") == EXAMPLE
        )

    def test_without_ret_and_width_returns_a_constant_in_one_lane(self) -> None:
        got = parse_request("source=f,target=df,mode=reverse")

        assert got == Request(source="f", target="df", mode=DiffMode.REVERSE, inputs=())
        assert (got.returned, got.width) == (DiffActivity.CONST, 1)

    def test_holds_symbols_as_compilers_write_them(self) -> None:
        got = parse_request("source=_ZN1a1f17h0E,target=$s1a.llvm.123,mode=forward,args=const")

        assert (got.source, got.target) == ("_ZN1a1f17h0E", "$s1a.llvm.123")

    @pytest.mark.parametrize("mode", DiffMode)
    def test_knows_every_mode(self, mode: DiffMode) -> None:
        assert parse_request(f"source=f,target=df,mode={mode.value}").mode is mode

    @pytest.mark.parametrize("activity", DiffActivity)
    def test_knows_every_activity(self, activity: DiffActivity) -> None:
        got = parsed(f"ret={activity.value},args={activity.value}")

        assert (got.returned, got.inputs) == (activity, (Input(activity=activity),))

    def test_may_be_optional(self) -> None:
        assert [parsed(fields).optional for fields in ("width=1", "optional=no", "optional=yes")] == [
            False,
            False,
            True,
        ]

    def test_has_a_width(self) -> None:
        assert parsed("width=4").width == 4

    def test_gives_a_slice_its_length(self) -> None:
        assert [part.activity for part in parsed("args=dual:slice").inputs] == [
            DiffActivity.DUAL,
            DiffActivity.FAKE_SIZE,
        ]

    @pytest.mark.parametrize("shape", ["", ":slice"])
    def test_gives_a_batch_its_stride(self, shape: str) -> None:
        assert parsed(f"args=dualv(24){shape}").inputs[0] == Input(activity=DiffActivity.DUALV, stride=24)


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("source=f,target=df", "missing: mode"),
            ("", "missing: mode, source, target"),
            ("source=f,target=df,mode=reverse,colour=red", "unknown: colour"),
            (
                "source=f,target=df,mode=sideways",
                "`sideways` is not one of forward, forwardfirst, reverse, reversefirst",
            ),
            ("source=f,source=g,target=df,mode=reverse", "`source=g` is not one `name=value`"),
            ("source=f,target=df,reverse", "`reverse` is not one `name=value`"),
            ("source=f,target=df,mode=reverse,args=big", "`big` is not one of none, const"),
            ("source=f,target=df,mode=reverse,ret=big", "`big` is not one of none, const"),
            ("source=f,target=df,mode=forward,args=dual:matrix", "`matrix` is not a shape; `slice` is"),
            ("source=f,target=df,mode=forward,args=dualv(x)", "`(x)` is not a number of bytes"),
            ("source=f,target=df,mode=forward,args=dualv(-8)", "`(-8)` is not a number of bytes"),
            ("source=f,target=df,mode=forward,args=dualv(8", "`(8` is not a number of bytes"),
            ("source=f,target=df,mode=forward,args=dualv()", "`()` is not a number of bytes"),
            ("source=f,target=df,mode=forward,args=dualv(9223372036854775808)", "is not a number of bytes"),
            ("source=f,target=df,mode=forward,width=0", "not `0`"),
            ("source=f,target=df,mode=forward,width=-1", "not `-1`"),
            ("source=f,target=df,mode=forward,width=4294967296", "not `4294967296`"),
            ("source=f,target=df,mode=forward,width=two", "not `two`"),
            ("source=f,target=df,mode=forward,optional=perhaps", "not `perhaps`"),
        ],
    )
    def test_say_why_where_and_how_to_write_it(self, text: str, why: str) -> None:
        with pytest.raises(UsageError) as caught:
            parse_request(text)

        assert why in caught.value.why
        assert caught.value.where == text
        assert GRAMMAR in caught.value.hint


def toml(fields: dict[str, Any]) -> str:
    return "[[request]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in fields.items())


class TestTables:
    @pytest.mark.parametrize(
        ("name", "text"), [("r.toml", toml(FIELDS) * 2), ("r.json", json.dumps([FIELDS, FIELDS]))], ids=["toml", "json"]
    )
    def test_are_lists_of_the_same_fields(self, tmp_path: Path, name: str, text: str) -> None:
        (tmp_path / name).write_text(text)

        assert read_requests(tmp_path / name) == [EXAMPLE, EXAMPLE]

    def test_may_be_empty(self, tmp_path: Path) -> None:
        (tmp_path / "r.toml").write_text("")

        assert read_requests(tmp_path / "r.toml") == []

    def test_have_numbers_for_width(self, tmp_path: Path) -> None:
        (tmp_path / "r.toml").write_text(toml({**FIELDS, "width": 2}))

        assert read_requests(tmp_path / "r.toml")[0].width == 2

    @pytest.mark.parametrize("name", ["r.toml", "r.json"])
    def test_that_cannot_be_parsed_are_named(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_text("[[")

        with pytest.raises(UsageError, match="the requests cannot be understood") as caught:
            read_requests(tmp_path / name)

        assert caught.value.where == str(tmp_path / name)

    @pytest.mark.parametrize("text", ['{"source": "f"}', '["f"]', "1", "null"])
    def test_that_are_no_list_of_tables_are_refused(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "r.json").write_text(text)

        with pytest.raises(UsageError, match="this is not a list of requests"):
            read_requests(tmp_path / "r.json")

    @pytest.mark.parametrize(
        ("change", "why"),
        [({"args": "active"}, "args must be a list of activities"), ({"extra": 1}, "unknown: extra"),
         ({"width": True}, "not `True`"), ({"mode": 1}, "`1` is not one of")],
    )  # fmt: skip
    def test_with_a_wrong_field_name_the_file(self, tmp_path: Path, change: dict[str, Any], why: str) -> None:
        (tmp_path / "r.toml").write_text(toml({**FIELDS, **change}))

        with pytest.raises(UsageError) as caught:
            read_requests(tmp_path / "r.toml")

        assert why in caught.value.why
        assert caught.value.where == str(tmp_path / "r.toml")

    def test_that_are_missing_are_a_file_error(self, tmp_path: Path) -> None:
        with pytest.raises(FileError, match="the requests cannot be read"):
            read_requests(tmp_path / "nowhere.toml")

    @pytest.mark.parametrize("name", ["r.toml", "r.json"])
    def test_that_are_not_text_are_an_error_too(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_bytes(b"\xff\xfe\x00")

        with pytest.raises(UsageError, match="the requests cannot be understood"):
            read_requests(tmp_path / name)


symbols = some.text("abcXYZ019_.$", min_size=1)
arguments = some.one_of(
    some.builds(
        lambda activity, slice_: ((Input(activity=activity), Input(activity=DiffActivity.FAKE_SIZE)) if slice_ else
                                  (Input(activity=activity),)),
        some.sampled_from([each for each in DiffActivity if each is not DiffActivity.FAKE_SIZE]),
        some.booleans(),
    ),
    some.builds(lambda stride: (Input(activity=DiffActivity.DUALV, stride=stride),), some.integers(1, 2**20)),
)  # fmt: skip
requests = some.builds(
    lambda inputs, **fields: Request(inputs=sum(inputs, ()), **fields),
    inputs=some.lists(arguments),
    source=symbols,
    target=symbols,
    mode=some.sampled_from(DiffMode),
    returned=some.sampled_from(DiffActivity),
    width=some.integers(1, 2**32 - 1),
)


def words(request: Request) -> list[str]:
    """Write the inputs down; a length of its own is written as one."""
    return [
        part.activity.value + (f"({part.stride})" if part.stride else "")
        for part in request.inputs
    ]  # fmt: skip


def one_line(request: Request) -> str:
    head = f"source={request.source},target={request.target},mode={request.mode.value},ret={request.returned.value}"
    return f"{head},width={request.width},args={','.join(words(request))}"


@given(request=requests)
def test_what_is_written_down_is_what_is_read(request: Request) -> None:
    assert parse_request(one_line(request)) == request
