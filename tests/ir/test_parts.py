"""A module divided: each part compiles, and together they are what the whole was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.machine import Tuning, optimise
from cargo_autodiff.ir.module import Module
from cargo_autodiff.ir.parts import Part, cut
from cargo_autodiff.ir.parts import divide as divide_module
from cargo_autodiff.ir.sections import separate
from cargo_autodiff.pipeline.plan import cut_step, part_path
from cargo_autodiff.pipeline.steps import STEPS, divide
from ir.reading import function

if TYPE_CHECKING:
    from ir.reading import Ir


def chain(blocks: int) -> str:
    """Write the inside of a function of many basic blocks, which adds one in each that it comes through."""
    steps = "".join(f"b{n}:\n  br label %b{n + 1}\n" for n in range(blocks))
    return f"  br label %b0\n{steps}b{blocks}:\n"


def big(name: str, value: str, *, linkage: str = "internal", blocks: int = 900) -> str:
    return f"define {linkage} i64 @{name}(i64 %x) {{\n{chain(blocks)}{value}}}\n"


FOURTH = "  %h = call i64 @_ZN4unit5firstE(i64 %x)\n  %m = call i64 @plain.7(i64 %h)\n  ret i64 %m\n"

# `first` and `second` share a helper marked for inlining, a constant, a static, and one that only has a C name
PROGRAM = (
    """
target triple = "x86_64-unknown-linux-gnu"
@alloc_1 = private unnamed_addr constant [2 x i64] [i64 10, i64 20]
@_ZN4unit5countE = internal global i64 0
@table = private unnamed_addr constant [2 x ptr] [ptr @_ZN4unit5firstE, ptr @_ZN4unit6secondE]
define internal i64 @_ZN4unit6helperE(i64 %x) inlinehint {
  %v = load i64, ptr @alloc_1
  %c = load i64, ptr @_ZN4unit5countE
  %d = add i64 %c, 1
  store i64 %d, ptr @_ZN4unit5countE
  %r = add i64 %x, %v
  ret i64 %r
}
define internal i64 @plain.7(i64 %x) noinline {
  %r = mul i64 %x, 3
  ret i64 %r
}
define i64 @count() {
  %c = load i64, ptr @_ZN4unit5countE
  ret i64 %c
}
define i64 @through(i64 %which, i64 %x) {
  %p = getelementptr ptr, ptr @table, i64 %which
  %f = load ptr, ptr %p
  %r = call i64 %f(i64 %x)
  ret i64 %r
}
"""
    + big("_ZN4unit5firstE", "  %h = call i64 @_ZN4unit6helperE(i64 %x)\n  ret i64 %h\n")
    + big("_ZN4unit6secondE", "  %h = call i64 @_ZN4unit6helperE(i64 %x)\n  %m = mul i64 %h, 2\n  ret i64 %m\n")
    + big("third", "  %h = call i64 @plain.7(i64 %x)\n  ret i64 %h\n", linkage="")
    + big(
        "fourth",
        "  %h = call i64 @_ZN4unit5firstE(i64 %x)\n  %m = call i64 @plain.7(i64 %h)\n  ret i64 %m\n",
        linkage="",
    )
)


def parts_of(ir: Ir, text: str, most: int, *, inlining: bool = True) -> list[Module]:
    """Divide as the pipeline does."""
    given, base = ir.folder / "given.bc", ir.folder / "crate"
    ir.parse(text).write(given)
    answer = divide(
        ir.llvm, ir.context, given=str(given), out=str(base), most=str(most), inlining="yes" if inlining else "no"
    )
    for number in range(1, answer["cut"]):
        STEPS["cut"](ir.llvm, ir.context, **cut_step(base, number).arguments)
    return [Module.read(ir.llvm, ir.context, part_path(base, number)) for number in range(len(answer["parts"]))]


def names(module: Module) -> set[str]:
    return {item.name for item in module.definitions()}


@pytest.mark.parametrize("most", [2, 3, 16])
@pytest.mark.parametrize("how", ["inlining", "apart"])
def test_parts_together_are_the_whole(ir: Ir, most: int, how: str) -> None:
    parts = parts_of(ir, PROGRAM, most, inlining=how == "inlining")

    assert 2 <= len(parts) <= most
    assert [part.problem() for part in parts] == [""] * len(parts)
    library = ir.library(*parts)
    assert library.through(0, 1) == 11
    assert library.through(1, 1) == 22
    assert library.third(5) == 15
    assert library.fourth(1) == 33
    assert library.count() == 3, "the static is one"


def test_parts_that_are_optimised_are_the_whole_too(ir: Ir) -> None:
    parts = parts_of(ir, PROGRAM, 2)
    for part in parts:
        optimise(part, "default<O3>", Tuning(merge_functions=True))
        separate(part)

    library = ir.library(*parts)
    assert (library.through(1, 1), library.fourth(1), library.count()) == (22, 33, 2)


def test_a_small_module_stays_in_one_piece(ir: Ir) -> None:
    text = "define i64 @f() {\n ret i64 1\n}\n"

    assert [names(part) for part in parts_of(ir, text, 16)] == [{"f"}]


def calling(callee: str) -> str:
    return f"  %h = call i64 @{callee}(i64 %x)\n  ret i64 %h\n"


def test_a_tiny_function_is_copied_into_each_part_that_calls_it(ir: Ir) -> None:
    tiny = "define internal i64 @_ZN4unit4tinyE(i64 %x) {\n  %r = mul i64 %x, 3\n  ret i64 %r\n}\n"
    text = tiny + "".join(big(name, calling("_ZN4unit4tinyE"), linkage="") for name in ("third", "fourth"))

    parts = parts_of(ir, text, 2)

    assert [names(part) - {"third", "fourth"} for part in parts] == [{"_ZN4unit4tinyE"}] * 2
    assert all(function(part, "_ZN4unit4tinyE").is_local for part in parts)


@pytest.mark.parametrize(("blocks", "lent"), [(20, True), (50, False)])
def test_a_small_function_is_lent_if_what_it_takes_in_is_small_too(ir: Ir, blocks: int, lent: bool) -> None:
    inner = big("_ZN4unit5innerE", "  ret i64 %x\n", blocks=blocks).replace(") {", ") inlinehint {")
    small = big("small", calling("_ZN4unit5innerE"), linkage="", blocks=8)
    text = inner + small + big("third", calling("small"), linkage="") + big("fourth", "  ret i64 %x\n", linkage="")

    parts = parts_of(ir, text, 16)

    (there,) = [part for part in parts if "third" in names(part)]
    away = [part for part in parts if "small" in names(part) and part is not there]
    assert len(away) == 1, "it is at home in another part"
    assert ("small" in names(there)) == lent


def test_a_library_that_is_divided_holds_its_bitcode_too(ir: Ir) -> None:
    given, base = ir.folder / "given.bc", ir.folder / "crate"
    ir.parse(PROGRAM).write(given)

    answer = divide(ir.llvm, ir.context, given=str(given), out=str(base), most="2", embed="yes")

    assert (answer["cut"], len(answer["parts"])) == (2, 3)
    held = Module.read(ir.llvm, ir.context, part_path(base, 2))
    assert f"\\{given.read_bytes()[0]:03o}" in held.text().decode()


@pytest.mark.parametrize(
    "binding", ['module asm ".globl x"\n', "@other = alias i64 (i64), ptr @third\n"], ids=["assembly", "alias"]
)
def test_what_binds_a_module_together_leaves_it_whole(ir: Ir, binding: str) -> None:
    assert len(parts_of(ir, PROGRAM + binding, 2)) == 1


def test_a_function_whose_name_others_may_have_is_with_all_who_use_it(ir: Ir) -> None:
    parts = parts_of(ir, PROGRAM, 2)

    (home,) = [part for part in parts if "plain.7" in names(part)]
    assert {"third", "fourth"} <= names(home)
    assert function(home, "plain.7").is_local


def test_what_is_marked_for_inlining_is_in_every_part_that_calls_it(ir: Ir) -> None:
    parts = parts_of(ir, with_apart(), 16)

    holders = [part for part in parts if "_ZN4unit6helperE" in names(part)]
    assert len(holders) == 2
    assert all(function(part, "_ZN4unit6helperE").is_local for part in holders)


def test_without_inlining_it_is_in_one(ir: Ir) -> None:
    parts = parts_of(ir, with_apart(), 2, inlining=False)

    assert len([part for part in parts if "_ZN4unit6helperE" in names(part)]) == 1


def with_apart() -> str:
    """Give the program without the table that holds two functions together."""
    asked_for = "define ptr @where() {\n  ret ptr @_ZN4unit6secondE\n}\n"  # else nobody needs it
    return PROGRAM.replace("@_ZN4unit5firstE, ptr @_ZN4unit6secondE", "@third, ptr @third") + asked_for


def test_a_placeholder_keeps_the_variables_that_its_derivative_will_name(ir: Ir) -> None:
    text = PROGRAM + "@_ZN4unit5otherE = internal global i64 7\n"
    text += big("_ZN4unit6targetE", "  %h = call i64 @third(i64 %x)\n  ret i64 %h\n")
    text += big("read", "  %a = call i64 @_ZN4unit6targetE(i64 %x)\n  ret i64 %a\n", linkage="")
    text = text.replace("%r = mul i64 %x, 3", "%o = load i64, ptr @_ZN4unit5otherE\n  %r = mul i64 %x, %o")

    module = ir.parse(text)
    parts = divide_module(module, 2, ["_ZN4unit6targetE"], inlining=True)

    (home,) = [part for part in parts if "_ZN4unit6targetE" in part.kept]
    assert "_ZN4unit5otherE" in {*home.kept, *home.declared}


def test_a_variable_that_nothing_in_its_part_mentions_stays_local(ir: Ir) -> None:
    """Only the derivative will."""
    module = ir.parse(PROGRAM + "@plain.8 = internal global i64 7\n")
    part = Part(kept=["count", "_ZN4unit5countE", "plain.8"], lent=[], declared=[])

    made = cut(module, part)

    kept = made.variable("plain.8")
    assert kept is not None
    assert kept.is_local


def test_a_weak_variable_is_in_one_part_and_named_in_others(ir: Ir) -> None:
    """Such as the section that names scripts for gdb, in debug builds."""
    text = PROGRAM.replace("@_ZN4unit5countE = internal", "@_ZN4unit5countE = linkonce_odr")

    parts = parts_of(ir, text.replace("inlinehint", ""), 16)

    assert [part.problem() for part in parts] == [""] * len(parts)
    library = ir.library(*parts)
    assert (library.through(1, 1), library.fourth(1), library.count()) == (22, 33, 2)


def test_a_placeholder_counts_as_what_its_derivative_will_be(ir: Ir) -> None:
    """Else one part would hold all derivatives that one function calls."""
    called = range(6)
    text = 'target triple = "x86_64-unknown-linux-gnu"\n'
    for number in called:
        text += big(f"_ZN4unit6source{number}E", "  ret i64 %x\n")
        text += f"define internal i64 @_ZN4unit6target{number}E(i64 %x) {{\n"
        text += f"  %r = call i64 @_ZN4unit6source{number}E(i64 %x)\n  ret i64 %r\n}}\n"
    calls = "".join(f"  %r{number} = call i64 @_ZN4unit6target{number}E(i64 %x)\n" for number in called)
    text += f"define i64 @main(i64 %x) {{\n{calls}  ret i64 %r0\n}}\n"
    targets = [f"_ZN4unit6target{number}E" for number in called]

    module = ir.parse(text)
    homes = divide_module(module, 6, targets, inlining=True)

    held = [sum(target in part.kept for target in targets) for part in homes]
    assert max(held) <= 2


def test_an_edit_leaves_the_other_parts_as_they_are(ir: Ir) -> None:
    before = parts_of(ir, PROGRAM, 2)
    after = parts_of(ir, PROGRAM.replace("mul i64 %h, 2", "mul i64 %h, 4"), 2)

    same = [one.bitcode() == other.bitcode() for one, other in zip(before, after, strict=True)]
    assert sorted(same) == [False, True]


def test_dividing_again_gives_the_same(ir: Ir) -> None:
    """Whatever addresses things have: what another part declares came in the order of a set of them."""
    pad = "".join(f"declare i64 @_ZN4unit5outer{number}E(i64)\n" for number in range(40))
    calls = "".join(f"  %r{number} = call i64 @_ZN4unit4deep{number}E(i64 %x)\n" for number in range(40))
    deep = "".join(big(f"_ZN4unit4deep{number}E", "  ret i64 %x\n", blocks=60) for number in range(40))
    text = (
        PROGRAM + pad + deep + "".join(big(name, f"{calls}  ret i64 %r0\n", linkage="") for name in ("fifth", "sixth"))
    )
    first = [part.bitcode() for part in parts_of(ir, text, 16)]

    ir.__dict__.pop("context", None)
    keep = [ir.parse(PROGRAM) for _ in range(7)]  # other things take the old addresses
    again = [part.bitcode() for part in parts_of(ir, text, 16)]

    assert keep
    assert again == first


def test_everything_has_a_section_of_its_own(ir: Ir) -> None:
    (module,) = parts_of(ir, SECTIONS, 1)

    separate(module)

    found = {item.name: section(module, item.ref) for item in [*module.definitions(), *module.variables()]}
    assert found == {
        "f": ".text.f",
        "placed": ".mine",
        "shown": ".rodata.shown",
        "hidden": "",
        "pointer": ".data.rel.ro.pointer",
        "changes": ".data.changes",
        "zero": ".bss.zero",
        "local": ".tdata.local",
        "local_zero": ".tbss.local_zero",
        "outside": "",
    }
    ir.object(module)


SECTIONS = """
target triple = "x86_64-unknown-linux-gnu"
@shown = constant i64 1
@hidden = private unnamed_addr constant i64 1
@pointer = private constant { i64, [1 x ptr] } { i64 0, [1 x ptr] [ptr getelementptr (i8, ptr @shown, i64 4)] }
@changes = global i64 3
@zero = global [9 x i64] zeroinitializer
@local = thread_local global i64 3
@local_zero = thread_local global i64 0
@outside = external global i64
define i64 @f() {
  ret i64 1
}
define i64 @placed() section ".mine" {
  ret i64 1
}
"""


def section(module: Module, ref: int) -> str:
    found: object = module.llvm.LLVMGetSection(ref)
    return found.decode() if isinstance(found, bytes) else ""
