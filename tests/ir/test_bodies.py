"""Bodies of other crates: their bitcode travels in their objects, and comes out when a derivative reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.closure import close, keep
from cargo_autodiff.rust.bodies import fetch, holder
from ir.reading import callees, function

if TYPE_CHECKING:
    from pathlib import Path

    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

LIBRARY = """
@table = private constant [2 x double] [double 1.0, double 2.0]
@shown = global i64 3
@hidden = internal global i64 4
define double @wanted(double %x) {
  %a = call double @inside(double %x)
  %t = load double, ptr @table
  ret double %a
}
define internal double @inside(double %x) {
  %a = call double @deeper(double %x)
  ret double %a
}
define double @not_wanted() {
  %n = load i64, ptr @hidden
  ret double 0.0
}
define i64 @reads_shown() {
  %n = load i64, ptr @shown
  ret i64 %n
}
define i64 @reads_hidden() {
  %n = load i64, ptr @hidden
  ret i64 %n
}
declare double @deeper(double)
"""
DEEPER = "define double @deeper(double %x) {\n %a = call double @wanted(double %x)\n ret double %a\n}\n"
DEEPER += "declare double @wanted(double)\n"


def archive(ir: Ir, name: str, *texts: str, embedded: bool = True, std: bool = False) -> Path:
    """Make an rlib as the driver makes it, or as std's are."""
    members = []
    for number, text in enumerate(texts):
        module = ir.parse(text)
        held = holder(module, module.bitcode())
        if std:
            module.link(held)
        members.append(ir.object(module).rename(ir.folder / f"{name}.a-long-name.{number}.o"))
        if embedded and not std:
            members.append(ir.object(held).rename(ir.folder / f"1.{members[-1].name}"))
    path = ir.folder / name
    ir.toolchain.ar.command("rcs", path, *members).run()
    return path


def using(ir: Ir, *names: str, type_: str = "double") -> Module:
    called = "".join(f" call {type_} @{name}({'double 1.0' if type_ == 'double' else ''})\n" for name in names)
    declared = "".join(f"declare {type_} @{name}({'double' if type_ == 'double' else ''})\n" for name in names)
    return ir.parse(f"define void @root() {{\n{called} ret void\n}}\n{declared}")


def test_a_body_is_fetched_with_all_that_it_needs(ir: Ir) -> None:
    module = using(ir, "wanted")

    fetch(module, ["root"], [archive(ir, "lib.rlib", LIBRARY)])

    assert module.problem() == ""
    assert callees(module, "wanted") == ["inside"]
    assert callees(module, "inside") == ["deeper"]
    assert module.variable("table") is not None


def test_nothing_else_is_fetched(ir: Ir) -> None:
    module = using(ir, "wanted")

    fetch(module, ["root"], [archive(ir, "lib.rlib", LIBRARY)])

    assert module.function("not_wanted") is None
    assert module.variable("hidden") is None


def test_what_a_fetched_body_lacks_comes_from_the_next_library(ir: Ir) -> None:
    """And what that one needs again is there: the two call each other."""
    module = using(ir, "wanted")
    libraries = [archive(ir, "first.rlib", LIBRARY), archive(ir, "second.rlib", DEEPER)]

    fetch(module, ["root"], libraries)

    assert module.problem() == ""
    assert callees(module, "deeper") == ["wanted"]


def test_an_archive_of_several_objects_is_searched_whole(ir: Ir) -> None:
    module = using(ir, "wanted")

    fetch(module, ["root"], [archive(ir, "lib.rlib", "@only = global i8 0\n", DEEPER, LIBRARY)])

    assert not function(module, "deeper").is_declaration


def test_a_function_that_the_root_does_not_reach_is_not_fetched(ir: Ir) -> None:
    module = ir.parse(
        "define void @root() {\n ret void\n}\n"
        "define void @other() {\n call double @wanted(double 1.0)\n ret void\n}\ndeclare double @wanted(double)\n"
    )

    fetch(module, ["root"], [archive(ir, "lib.rlib", LIBRARY)])

    assert module.function("wanted") is None


@pytest.mark.parametrize("kind", ["without bitcode", "not an archive", "truncated", "missing", "empty"])
def test_a_library_that_has_no_bitcode_gives_nothing(ir: Ir, kind: str) -> None:
    library = archive(ir, "lib.rlib", LIBRARY, embedded=kind != "without bitcode")
    whole = library.read_bytes()
    content = {"not an archive": b"\x7fELF" + bytes(100), "truncated": whole[:40], "empty": b"!<arch>\n"}
    library.write_bytes(content.get(kind, whole))
    if kind == "missing":
        library.unlink()
    module = using(ir, "wanted")

    fetch(module, ["root"], [library])

    assert function(module, "wanted").is_declaration


def test_a_static_that_everyone_can_see_stays_the_other_crates(ir: Ir) -> None:
    module = using(ir, "reads_shown", type_="i64")

    fetch(module, ["root"], [archive(ir, "lib.rlib", LIBRARY)])

    keep(module, ["root"])
    close(module)
    shown = module.variable("shown")
    assert shown is not None
    assert shown.is_declaration


def test_a_private_static_that_can_change_is_refused(ir: Ir) -> None:
    module = using(ir, "reads_hidden", type_="i64")

    with pytest.raises(Refused) as caught:
        fetch(module, ["root"], [archive(ir, "lib.rlib", LIBRARY)])

    assert "private static `hidden` of lib.rlib" in caught.value.why


def test_the_bitcode_does_not_reach_programs(ir: Ir) -> None:
    """Linkers leave a section of this kind out."""
    held = holder(ir.parse(LIBRARY), b'BC\xc0\xde and more \0 " \\ \n')
    module, bare = ir.parse(LIBRARY), ir.parse(LIBRARY)
    module.link(ir.parse(DEEPER))
    bare.link(ir.parse(DEEPER))

    ir.library(module, held), ir.library(bare)

    made, plain = sorted(ir.folder.glob("*.so"), key=lambda path: int(path.stem))
    assert b"BC\xc0\xde" not in made.read_bytes()
    assert abs(made.stat().st_size - plain.stat().st_size) < 100


@pytest.mark.parametrize("kind", ["noreturn", "inactive"])
def test_what_carries_no_derivative_is_not_fetched(ir: Ir, kind: str) -> None:
    name = "fail" if kind == "noreturn" else "_RNvNtNtCs1_3std2io5stdio6__print"
    promise = "noreturn" if kind == "noreturn" else ""
    module = ir.parse(
        f"define void @root() {{\n call void @{name}()\n ret void\n}}\ndeclare void @{name}() {promise}\n"
    )

    fetch(module, ["root"], [archive(ir, "lib.rlib", f"define void @{name}() {{\n ret void\n}}\n")])

    assert function(module, name).is_declaration


TWICE = """
define double @first(double %x) {
  %a = call double @shared(double %x)
  %b = call double @elsewhere(double %a)
  ret double %b
}
define double @second(double %x) {
  %a = call double @shared(double %x)
  ret double %a
}
define hidden double @shared(double %x) {
  ret double %x
}
declare double @elsewhere(double)
"""
ELSEWHERE = """
define double @elsewhere(double %x) {
  %a = call double @second(double %x)
  %b = call double @shared(double %a)
  ret double %b
}
declare double @second(double)
declare double @shared(double)
"""


def test_a_crate_that_is_needed_twice_gives_what_both_need(ir: Ir) -> None:
    """Each time with copies of its own of what is behind it."""
    module = using(ir, "first")

    fetch(module, ["root"], [archive(ir, "one.rlib", TWICE), archive(ir, "two.rlib", ELSEWHERE)])

    assert module.problem() == ""
    for name in ("first", "second", "elsewhere", *callees(module, "first"), *callees(module, "elsewhere")):
        assert not function(module, name).is_declaration, name


def test_of_std_a_body_with_a_private_static_is_left_out(ir: Ir) -> None:
    module = using(ir, "_RNvreads_hidden", type_="i64")

    fetch(
        module, ["root"], [], [archive(ir, "std.rlib", LIBRARY.replace("@reads_hidden", "@_RNvreads_hidden"), std=True)]
    )

    assert function(module, "_RNvreads_hidden").is_declaration


def test_of_std_only_functions_with_rust_names_are_fetched(ir: Ir) -> None:
    """`fmod` and its like have rules of Enzyme's own, by name."""
    module = using(ir, "fmod", "_RNvgrow")
    std = "".join(f"define double @{name}(double %x) {{\n ret double %x\n}}\n" for name in ("fmod", "_RNvgrow"))

    fetch(module, ["root"], [], [archive(ir, "std.rlib", std, std=True)])

    assert function(module, "fmod").is_declaration
    assert not function(module, "_RNvgrow").is_declaration
