"""An entry more in a file of the user's, and nothing else changed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cargo_autodiff.cargo.toml_file import TomlFile
from cargo_autodiff.errors import FileError, UsageError

VALUE = {"package": "std-autodiff", "version": "0.1.0"}
LINE = 'autodiff = { package = "std-autodiff", version = "0.1.0" }'
NAMED = ("patch", "crates-io", "a")


def file(text: str) -> TomlFile:
    return TomlFile(path=Path("Cargo.toml"), text=text)


def with_dependency(text: str) -> str:
    return file(text).with_entry(("dependencies",), "autodiff", VALUE).text


def test_a_line_goes_below_the_tables_header() -> None:
    before = '[package] # mine\nname = "a"\n\n[dependencies] # yours\nserde = "1"\n\n[features]\n'

    after = with_dependency(before)

    assert after == before.replace("# yours\n", f"# yours\n{LINE}\n")


def test_without_the_table_it_comes_at_the_end() -> None:
    before = '[package]\nname = "a"'

    assert with_dependency(before) == f"{before}\n\n[dependencies]\n{LINE}\n"


def test_windows_line_ends_stay() -> None:
    assert with_dependency("[dependencies]\r\n") == f"[dependencies]\r\n{LINE}\r\n"
    assert with_dependency("a = 1\r\n") == f"a = 1\r\n\r\n[dependencies]\r\n{LINE}\r\n"


def test_a_byte_order_mark_stays() -> None:
    assert with_dependency("\ufeff[dependencies]\n") == f"\ufeff[dependencies]\n{LINE}\n"


def test_dotted_dependencies_get_a_table_more() -> None:
    before = '[dependencies.serde]\nversion = "1"\n'

    assert tomllib.loads(with_dependency(before))["dependencies"] == {"serde": {"version": "1"}, "autodiff": VALUE}


def test_a_header_inside_a_text_is_no_header() -> None:
    before = 'text = """\n[dependencies]\n"""\n[package]\nname = "a"\n'

    after = with_dependency(before)

    assert after.startswith(before)
    assert tomllib.loads(after) == {**tomllib.loads(before), "dependencies": {"autodiff": VALUE}}


@pytest.mark.parametrize("text", ['dependencies = { serde = "1" }\n', "[dependencies]\nautodiff = '1'\n"])
def test_where_it_cannot_be_added_the_text_to_write_is_given(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        with_dependency(text)

    assert caught.value.hint == f"add it by hand: dependencies.{LINE}"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_block_is_replaced_by_the_next_under_its_comment(newline: str) -> None:
    before = file(f"[build]{newline}jobs = 2{newline}")
    first = before.with_block(NAMED, {"path": "/old"}, "ours")

    second = first.with_block(NAMED, {"path": "/new ü"}, "ours")

    assert first.text == newline.join(
        [*before.text.splitlines(), "", "# ours", "[patch.crates-io.a]", 'path = "/old"', ""]
    )
    assert second.text == first.text.replace("/old", "/new ü")


def test_a_block_of_somebody_else_is_left_alone() -> None:
    with pytest.raises(UsageError):
        file('[patch.crates-io.a]\npath = "/x"\n').with_block(NAMED, {"path": "/y"}, "ours")


names = st.sampled_from(["a", "b", "dependencies", '"a b"', "patch"])
values = st.sampled_from(["1", '"[dependencies]"', "'''\n[dependencies]\n'''", "{ x = 1 }", "[\n1,\n]"])
lines = st.one_of(
    st.builds("{} = {}".format, names, values),
    st.builds("[{}]".format, names),
    st.builds("[dependencies.{}] # c".format, names),
    st.just("# [dependencies]"),
)


@given(st.lists(lines).map("\n".join))
def test_whatever_the_file_says_it_says_afterwards(text: str) -> None:
    try:
        before = tomllib.loads(text)
        after = with_dependency(text)
    except (ValueError, UsageError):
        return
    dependencies = {**before.get("dependencies", {}), "autodiff": VALUE}
    assert tomllib.loads(after) == {**before, "dependencies": dependencies}
    assert all(line in after.splitlines() for line in text.splitlines())


def test_a_file_is_written_with_its_permissions_and_through_its_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text("[dependencies]\n")
    real.chmod(0o640)
    link.symlink_to(real)

    TomlFile.read(link).with_entry(("dependencies",), "autodiff", VALUE).write()

    assert link.is_symlink()
    assert real.read_text() == f"[dependencies]\n{LINE}\n"
    assert real.stat().st_mode & 0o777 == 0o640


def test_what_is_not_toml_is_named(tmp_path: Path) -> None:
    for raw in (b"[dependencies\n", b"\xff"):
        (tmp_path / "a.toml").write_bytes(raw)
        with pytest.raises(UsageError) as caught:
            TomlFile.read(tmp_path / "a.toml")
        assert caught.value.where == str(tmp_path / "a.toml")


def test_what_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()

    with pytest.raises(FileError):
        TomlFile.read(tmp_path / "folder")
    with pytest.raises(FileError):
        TomlFile(path=tmp_path / "file" / "a.toml", text="").write()
