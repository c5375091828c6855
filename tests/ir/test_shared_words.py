"""Words that are a float at one time, and an integer or a pointer at another."""

from __future__ import annotations

import ctypes
import re
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.errors import NoShadow, Refused
from cargo_autodiff.ir import border
from cargo_autodiff.ir.carried import carry, settle
from cargo_autodiff.ir.flows import CARRY, CARRY_SINGLE, INTEGERS
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rules import address_guard, carried_words, float_bits, shared_words, untyped_copies
from ir.reading import callees, calls, function, stores

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from ir.reading import Ir

FLOAT_OR_INTEGER = """
define double @f(double %x, i64 %n, i1 %is) {
  %one = alloca [16 x i8]
  %other = alloca [16 x i8]
  %word = getelementptr i8, ptr %one, i64 8
  %copied = getelementptr i8, ptr %other, i64 8
  br i1 %is, label %float, label %integer
float:
  store i64 0, ptr %one
  store double %x, ptr %word
  br label %both
integer:
  store i64 1, ptr %one
  store i64 %n, ptr %word
  br label %both
both:
  call void @llvm.memcpy.p0.p0.i64(ptr %other, ptr %one, i64 16, i1 false)
  %tag = load i64, ptr %other
  %first = icmp eq i64 %tag, 0
  br i1 %first, label %read, label %count
read:
  %u = load double, ptr %copied
  %v = fmul double %u, %u
  ret double %v
count:
  %k = load i64, ptr %copied
  %m = CHANGED
  USED
  %w = uitofp i64 %m to double
  ret double %w
}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare {i64, i1} @llvm.umul.with.overflow.i64(i64, i64)
"""
COUNTED = FLOAT_OR_INTEGER.replace("CHANGED", "add i64 %k, 1")
FLIPPED = FLOAT_OR_INTEGER.replace("CHANGED", "xor i64 %k, 1")


def test_integers_beside_floats_are_accessed_where_no_shadow_is_and_copied_as_floats(ir: Ir) -> None:
    got = ir.apply(untyped_copies.RULE, COUNTED.replace("USED", ""))

    assert '!"Integer", i64 0, !"Float@double", i64 8' in ir.text(got)
    assert callees(got, "f").count(INTEGERS) == 2
    shared_words.settle(got)
    assert INTEGERS not in callees(got, "f")
    run = ir.library(got).f
    run.argtypes, run.restype = (ctypes.c_double, ctypes.c_int64, ctypes.c_bool), ctypes.c_double
    assert (run(1.5, 41, True), run(1.5, 41, False)) == (2.25, 42.0)


BACK = "%back = bitcast i64 %m to double\n  store double %back, ptr %copied"
STORED = "store i64 %m, ptr %copied"


HALVED = "sub i64 %k, 1\n  %half = lshr i64 %m, 1"
MERGED = "add i64 %k, 1\n  %low = and i64 %k, 255\n  %either = select i1 %is, i64 %m, i64 %low"


@pytest.mark.parametrize(
    "given",
    [
        FLIPPED.replace("USED", STORED),
        COUNTED.replace("USED", BACK),
        FLOAT_OR_INTEGER.replace("CHANGED", "shl i64 %k, 1").replace("USED", STORED),
        FLOAT_OR_INTEGER.replace("CHANGED", HALVED).replace("USED", "store i64 %half, ptr %copied"),
        FLOAT_OR_INTEGER.replace("CHANGED", MERGED).replace("USED", "store i64 %either, ptr %copied"),
    ],
    ids=["flipped", "a float again", "shifted", "half of a difference", "counted, or masked"],
)
def test_bits_that_are_computed_with_and_become_floats_again_are_refused(ir: Ir, given: str) -> None:
    with pytest.raises(Refused, match="unknown type"):
        ir.apply(untyped_copies.RULE, given)


MAKES_FLOATS = "define double @other(i64 %n) {\n  %x = bitcast i64 %n to double\n  ret double %x\n}\n"


@pytest.mark.parametrize(
    "changed",
    [
        "add i64 %k, 1",
        "mul i64 %k, 3",
        "urem i64 %k, 3",
        "add i64 %longer, 1\n  %longer = shl nuw i64 %k, 1",
        "shl i64 %longer, 1\n  %longer = add i64 %k, 1",
        "lshr exact i64 %distance, 3\n  %distance = sub i64 %k, %n",
        "select i1 %is, i64 %more, i64 0\n  %more = udiv i64 %k, 3",
        "extractvalue {i64, i1} %checked, 0\n  %checked = call {i64, i1} @llvm.umul.with.overflow.i64(i64 %k, i64 3)",
    ],
)
def test_an_integer_beside_floats_can_be_counted_with_where_nothing_makes_floats_of_bits(ir: Ir, changed: str) -> None:
    last, *before = changed.split("\n  ")
    counted = FLOAT_OR_INTEGER.replace("%m = CHANGED", "\n  ".join([*before, f"%m = {last}"])).replace("USED", STORED)

    assert callees(ir.apply(untyped_copies.RULE, counted), "f").count(INTEGERS) == 3
    noted = ir.text(ir.apply(float_bits.RULE, counted + MAKES_FLOATS))
    with pytest.raises(Refused, match="unknown type"):
        ir.apply(untyped_copies.RULE, noted)


def test_bits_that_another_function_makes_floats_of_are_refused(ir: Ir) -> None:
    kept = "define internal void @keep(i64 %bits, ptr %at) {\n  store i64 %bits, ptr %at\n  ret void\n}\n"
    given = COUNTED.replace("USED", "call void @keep(i64 %k, ptr %copied)") + kept

    with pytest.raises(Refused, match="unknown type"):
        ir.apply(untyped_copies.RULE, given)


SEEN = """
define void @f(ptr %out, i64 %n, double %x, i1 %is) {
  %one = alloca i64
  COPY
  br i1 %is, label %float, label %integer
float:
  store double %x, ptr %one
  ret void
integer:
  store i64 %n, ptr %one
  %k = load i64, ptr %one
  %more = icmp eq i64 %k, 7
  call void @seen(i1 %more)
  ret void
}
declare void @seen(i1)
"""


def test_an_integer_that_the_caller_can_see_in_a_shadow_is_put_there(ir: Ir) -> None:
    copied = "%bits = load i64, ptr %one\n  store i64 %bits, ptr %out"

    assert callees(ir.apply(untyped_copies.RULE, SEEN.replace("COPY", "")), "f").count(INTEGERS) == 2
    with pytest.raises(Refused, match="unknown type"):
        ir.apply(untyped_copies.RULE, SEEN.replace("COPY", copied))


MERGED = """
define double @f(double %x, i64 %n, i1 %is, i1 %first) {
  br i1 %is, label %float, label %both
float:
  %bits = bitcast double %x to i64
  br label %both
both:
  %word = phi i64 [ %bits, %float ], [ %n, %0 ]
  %slot = alloca i64
  store i64 %word, ptr %slot
  %k = load i64, ptr %slot
  %u = load double, ptr %slot
  %number = uitofp i64 %k to double
  %product = fmul double %u, %x
  %v = select i1 %first, double %product, double %number
  ret double %v
}
"""


def test_floats_and_integers_that_are_merged_are_merged_as_floats(ir: Ir) -> None:
    got = ir.apply(untyped_copies.RULE, MERGED)

    phi = next(item for item in function(got, "f").instructions() if item.opcode == Opcode.PHI)
    assert phi.type.kind is TypeKind.DOUBLE
    shared_words.settle(got)
    border.settle(got)
    run = ir.library(got).f
    run.argtypes = (ctypes.c_double, ctypes.c_int64, ctypes.c_bool, ctypes.c_bool)
    run.restype = ctypes.c_double
    assert (run(1.5, 7, True, True), run(1.5, 7, False, False)) == (2.25, 7.0)


def test_what_is_computed_ahead_of_its_condition_is_computed_from_zero_where_it_is_no_float(ir: Ir) -> None:
    got = ir.apply(untyped_copies.RULE, MERGED)

    product = next(item for item in function(got, "f").instructions() if item.opcode == Opcode.FMUL)
    chosen = product.operands[0].as_instruction()
    assert chosen is not None
    assert chosen.opcode == Opcode.SELECT


# what LLVM makes of an `Option<f64>`-like word that a loop carries: an element of the caller's, or the counter
CARRIED = """
define double @f(ptr %x, i64 %n) {
start:
  br label %loop
loop:
  %i = phi i64 [ 0, %start ], [ %next, %end ]
  %word = phi i64 [ 1, %start ], [ %kept, %end ]
  %is = phi i1 [ false, %start ], [ %odd, %end ]
  %sum = phi double [ 0.0, %start ], [ %more, %end ]
  %bits = bitcast i64 %word to double
  %number = uitofp i64 %word to double
  %one = select i1 %is, double %bits, double %number
  %more = fadd double %sum, %one
  %place = getelementptr double, ptr %x, i64 %i
  %odd = trunc i64 %i to i1
  br i1 %odd, label %element, label %end
element:
  %read = load i64, ptr %place
  CHANGED
  br label %end
end:
  %kept = phi i64 [ %read, %element ], [ %i, %loop ]
  %next = add i64 %i, 1
  %over = icmp eq i64 %next, %n
  br i1 %over, label %out, label %loop
out:
  ret double %more
}
"""


def test_an_element_of_the_callers_that_is_merged_with_a_counter_is_loaded_as_a_float(ir: Ir) -> None:
    got = ir.apply(untyped_copies.RULE, CARRIED.replace("CHANGED", ""))

    kinds = {item.name: item.type.kind for item in function(got, "f").instructions() if item.opcode == Opcode.PHI}
    assert [item.type.kind for item in function(got, "f").instructions() if item.opcode == Opcode.LOAD] == [
        TypeKind.DOUBLE
    ]
    assert kinds["i"] is TypeKind.INTEGER, "the counter stays one"
    border.settle(got)
    run = ir.library(got).f
    run.argtypes = (ctypes.c_void_p, ctypes.c_int64)
    run.restype = ctypes.c_double
    assert run((ctypes.c_double * 4)(9.0, 2.5, 9.0, 0.5), 5) == 1.0 + 0.0 + 2.5 + 2.0 + 0.5


def test_one_that_integers_are_stored_into_as_well_is_refused(ir: Ir) -> None:
    changed = "%less = sub i64 %read, 1\n  store i64 %less, ptr %place"

    with pytest.raises(Refused, match="an enum"):
        ir.apply(untyped_copies.RULE, CARRIED.replace("CHANGED", changed + "\n  store double 1.0, ptr %place"))


FLOAT_OR_POINTER = """
define double @f(ptr %x, i1 %is) {
  %one = alloca [16 x i8]
  %other = alloca [16 x i8]
  %word = getelementptr i8, ptr %one, i64 8
  %copied = getelementptr i8, ptr %other, i64 8
  br i1 %is, label %float, label %pointer
float:
  %given = load double, ptr %x
  store i64 0, ptr %one
  store double %given, ptr %word
  br label %both
pointer:
  store i64 1, ptr %one
  KEEP
  br label %both
both:
  COPY
  %tag = load i64, ptr %one
  %first = icmp eq i64 %tag, 0
  br i1 %first, label %read, label %follow
read:
  %u = load double, ptr %copied
  %v = fmul double %u, %u
  ret double %v
follow:
  LOADED
  %n = load double, ptr %p
  %w = fmul double %n, 3.0
  ret double %w
}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
"""
MEMCPY = "call void @llvm.memcpy.p0.p0.i64(ptr %other, ptr %one, i64 16, i1 false)"
AS_INTEGER = "%both.bits = load i64, ptr %word\n  store i64 %both.bits, ptr %copied"
AS_FLOAT = "%both.float = load double, ptr %word\n  store double %both.float, ptr %copied"


def pointers(copy: str, *, integers: bool = False) -> str:
    keep, loaded = "store ptr %x, ptr %word", "%p = load ptr, ptr %copied"
    if integers:
        keep = "%address = ptrtoint ptr %x to i64\n  store i64 %address, ptr %word"
        loaded = "%number = load i64, ptr %copied\n  %p = inttoptr i64 %number to ptr"
    return FLOAT_OR_POINTER.replace("COPY", copy).replace("KEEP", keep).replace("LOADED", loaded)


@pytest.mark.parametrize("copy", [MEMCPY, AS_INTEGER, AS_FLOAT])
@pytest.mark.parametrize("integers", [False, True])
def test_a_word_that_is_a_float_or_a_pointer_is_carried(ir: Ir, copy: str, integers: bool) -> None:
    got = ir.apply(untyped_copies.RULE, pointers(copy, integers=integers))

    assert callees(got, "f").count(CARRY) == (1 if copy == MEMCPY else 2)
    assert INTEGERS not in callees(got, "f")
    shared_words.settle(got)
    settle(got)
    address_guard.settle(got)
    run = ir.library(got).f
    run.argtypes, run.restype = (ctypes.c_void_p, ctypes.c_bool), ctypes.c_double
    x = ctypes.c_double(1.5)
    assert (run(ctypes.byref(x), True), run(ctypes.byref(x), False)) == (2.25, 4.5)


@pytest.mark.parametrize("copy", [MEMCPY, AS_INTEGER])
def test_a_word_that_is_an_f32_or_a_pointer_is_carried_as_such(ir: Ir, copy: str) -> None:
    got = ir.apply(untyped_copies.RULE, pointers(copy).replace("double", "float"))

    assert callees(got, "f").count(CARRY_SINGLE) == (1 if copy == MEMCPY else 2)
    assert CARRY not in callees(got, "f")


def test_a_pointer_that_is_stored_over_an_f32_clears_the_adjoint_on_the_way_back(ir: Ir) -> None:
    singles = ir.apply(untyped_copies.RULE, pointers(MEMCPY).replace("double", "float"))
    doubles = ir.apply(untyped_copies.RULE, pointers(MEMCPY))

    zeros = [store for store in stores(singles, "f") if store.operands[0].is_constant]
    assert [zero.operands[1].name for zero in zeros if zero.operands[0].type.kind is TypeKind.FLOAT] == ["word"]
    assert len(stores(doubles, "f")) == len(stores(singles, "f")) - 1


def test_one_that_has_something_else_in_its_other_half_is_refused(ir: Ir) -> None:
    half = "  %half = getelementptr i8, ptr %one, i64 12\n  store float 2.0, ptr %half\n  store i64 0, ptr %one\n"
    given = pointers(MEMCPY).replace("double", "float").replace("  store i64 0, ptr %one\n", half)

    with pytest.raises(Refused, match="unknown type"):
        ir.apply(untyped_copies.RULE, given)


def test_a_float_that_is_stored_finds_no_pointer_in_its_shadow(ir: Ir) -> None:
    got = ir.apply(untyped_copies.RULE, pointers(MEMCPY))

    before = stores(got, "f")[1]
    assert before.operands[0].type.kind is TypeKind.POINTER
    assert before.operands[1].name.startswith("guarded")


def test_zero_is_filled_in_as_both(ir: Ir) -> None:
    fill = "call void @llvm.memset.p0.i64(ptr %copied, i8 VALUE, i64 8, i1 false)\n  " + MEMCPY

    got = ir.apply(untyped_copies.RULE, pointers(fill.replace("VALUE", "0")))

    marks = [call.metadata("enzyme_truetype") for call in calls(got, "f") if len(call.arguments) == 4]
    assert len([mark for mark in marks if mark is not None]) == 2
    with pytest.raises(Refused, match="unknown type"):
        ir.apply(untyped_copies.RULE, pointers(fill.replace("VALUE", "-1")))


def test_a_word_that_goes_through_memory_of_one_kind_is_refused(ir: Ir) -> None:
    through = """%between = alloca double
  %first.float = load double, ptr %word
  store double %first.float, ptr %between
  %second.float = load double, ptr %between
  store double %second.float, ptr %copied"""

    with pytest.raises(Refused, match="enum"):
        ir.apply(untyped_copies.RULE, pointers(through))


def test_a_word_of_two_derivatives_at_once_is_refused(ir: Ir) -> None:
    asked = """
define void @df(ptr %x) {
  %a = call double (...) @__enzyme_autodiff_a(ptr @f, metadata !"enzyme_dup", ptr %x, ptr %x)
  %b = call double (...) @__enzyme_autodiff_b(ptr @df, metadata !"enzyme_dup", ptr %x, ptr %x)
  ret void
}
declare double @__enzyme_autodiff_a(...)
declare double @__enzyme_autodiff_b(...)
"""
    with pytest.raises(Refused, match="unknown type"):
        ir.apply(untyped_copies.RULE, pointers(MEMCPY) + asked)


def asking(mode: str, *words: str) -> str:
    given = "".join(f", {word}" for word in words)
    return f"""
define void @asks(ptr %x) {{
  call void (...) @__enzyme_{mode}(ptr @f{given}, metadata !"enzyme_dup", ptr %x, ptr %x)
  ret void
}}
declare void @f(ptr)
declare void @__enzyme_{mode}(...)
"""


def carrying(ir: Ir, *words: str, of: TypeKind = TypeKind.DOUBLE) -> ctypes.CDLL:
    module = ir.parse(asking("autodiff", *words))
    carry(module, of)
    return answered(ir, module)


def answered(ir: Ir, module: Module) -> ctypes.CDLL:
    """Load what is left when the request is gone, which no code can be made of."""
    text = re.sub(r"define void @asks.*?\n}\n", "", ir.text(module), flags=re.DOTALL)
    return ir.library(ir.parse(re.sub("define (hidden|internal)", "define", text)))


class Words:
    """A word, where it is copied to, and the shadows of both."""

    def __init__(self, word: float, shadow: float, to_shadow: float = 0.0) -> None:
        self.start, self.start_shadow = as_word(word), as_word(shadow)
        self.to, self.to_shadow = as_word(0), as_word(to_shadow)

    def pointers(self) -> tuple[object, ...]:
        return tuple(map(ctypes.byref, (self.to, self.to_shadow, self.start, self.start_shadow)))


def as_word(value: float) -> ctypes.c_double:
    """A float, or an integer's bits."""
    is_integer = type(value) is int
    return ctypes.c_double.from_buffer(ctypes.c_int64(int(value)) if is_integer else ctypes.c_double(value))


def bits(word: ctypes.c_double) -> int:
    return ctypes.c_int64.from_buffer(word).value


@pytest.mark.parametrize("word", [1.5, -1.5, 0.0, 5e-310, -1])
def test_the_adjoint_of_a_float_goes_back(ir: Ir, word: float) -> None:
    library = carrying(ir)
    words = Words(word, 0.25)

    tape = library[f"{CARRY}_augmented"](*words.pointers())
    words.to_shadow.value += 2.0
    library[f"{CARRY}_gradient"](*words.pointers(), ctypes.c_int64(tape))

    assert bits(words.to) == bits(as_word(word))
    assert (words.start_shadow.value, words.to_shadow.value) == (2.25, 0.0)


@pytest.mark.parametrize(("of", "name"), [(TypeKind.DOUBLE, CARRY), (TypeKind.FLOAT, CARRY_SINGLE)])
def test_the_shadow_of_a_pointer_goes_ahead_and_stays(ir: Ir, of: TypeKind, name: str) -> None:
    library = carrying(ir, of=of)
    words = Words(0x7FFF00001000, 0x7FFF00002000)

    tape = library[f"{name}_augmented"](*words.pointers())
    assert (bits(words.to), bits(words.to_shadow)) == (0x7FFF00001000, 0x7FFF00002000)
    library[f"{name}_gradient"](*words.pointers(), ctypes.c_int64(tape))

    assert bits(words.start_shadow) == 0x7FFF00002000


@pytest.mark.parametrize("adjoint", [0.0, 0.25])
def test_the_adjoint_of_an_f32_goes_back_though_both_look_like_addresses(ir: Ir, adjoint: float) -> None:
    library = carrying(ir, of=TypeKind.FLOAT)
    one_and_a_half = 0x3FC00000
    words = Words(one_and_a_half, 0.0)
    of_start, of_copy = map(ctypes.c_float.from_buffer, (words.start_shadow, words.to_shadow))
    of_start.value += adjoint  # where a call is made anew in the reverse pass

    tape = library[f"{CARRY_SINGLE}_augmented"](*words.pointers())
    of_copy.value += 2.0
    library[f"{CARRY_SINGLE}_gradient"](*words.pointers(), ctypes.c_int64(tape))

    assert bits(words.to) == one_and_a_half
    assert (of_start.value, bits(words.to_shadow)) == (2.0 + adjoint, 0)


MOVED = f"""
define void @f(ptr %to, ptr %"to'", ptr %start, ptr %"start'") {{
  MADE
  %tape = call i64 @{CARRY_SINGLE}_augmented(ptr %to, LANES TO, ptr %start, LANES START)
  ret void
}}
declare i64 @{CARRY_SINGLE}_augmented(ptr, LANES, ptr, LANES)
"""
IN_LANES = """%first = insertvalue [2 x ptr] undef, ptr %"start'", 0
  %both = insertvalue [2 x ptr] %first, ptr %start, 1
  %one = insertvalue [2 x ptr] undef, ptr %"to'", 0
  %shadows = insertvalue [2 x ptr] %one, ptr %"to'", 1"""


def moved(to: str, start: str, made: str = "", lanes: str = "ptr") -> str:
    given = MOVED.replace("MADE", made).replace(" TO", f" {to}").replace(" START", f" {start}")
    return given.replace("LANES", lanes)


TANGENT = "define void @fwddiffe__cargo_autodiff_carry_single(GIVEN) {\n  ret void\n}\n"


@pytest.mark.parametrize(
    "given",
    [
        moved('%"to\'"', "%start"),
        moved("%shadows", "%both", IN_LANES, "[2 x ptr]"),
        TANGENT.replace("GIVEN", 'ptr %to, ptr %"to\'", ptr %start'),
    ],
    ids=["reverse", "lanes", "forward"],
)
def test_an_f32_that_goes_from_where_no_shadow_is_to_where_one_is_is_refused(ir: Ir, given: str) -> None:
    with pytest.raises(NoShadow, match="enum"):
        ir.apply(carried_words.CHECK, given)


@pytest.mark.parametrize(
    "given",
    [
        moved('%"to\'"', '%"start\'"'),
        moved("%to", "%start"),
        TANGENT.replace("GIVEN", 'ptr %to, ptr %"to\'", ptr %start, ptr %"start\'"'),
        TANGENT.replace("GIVEN", 'ptr %to, ptr %start, ptr %"start\'"'),
    ],
)
def test_one_that_has_a_shadow_or_needs_none_is_moved(ir: Ir, given: str) -> None:
    assert ir.unchanged(carried_words.CHECK, given)


def test_each_of_several_lanes_has_its_own_shadow(ir: Ir) -> None:
    library = carrying(ir, 'metadata !"enzyme_width", i64 2')
    float_and_none, pointer_and_float = Words(1.5, 0.25), Words(0x7FFF00001000, 0x7FFF00002000)

    for words, adjoint in ((float_and_none, 2.25), (pointer_and_float, None)):
        to, shadow, start, start_shadow = words.pointers()
        to_shadows, start_shadows = (shadow, to), (start_shadow, start)  # the second lane has none
        tape = library[f"{CARRY}_augmented"](to, *to_shadows, start, *start_shadows)
        words.to_shadow.value += 2.0 if adjoint else 0.0
        library[f"{CARRY}_gradient"](to, *to_shadows, start, *start_shadows, ctypes.c_int64(tape))
        assert bits(words.to) == bits(words.start)
        assert adjoint is None or (words.start_shadow.value, words.to_shadow.value) == (adjoint, 0.0)

    assert bits(pointer_and_float.start_shadow) == 0x7FFF00002000


@pytest.mark.parametrize("word", [1.5, 0.0, 0x7FFF00001000])
def test_forward_mode_sees_what_is_copied(ir: Ir, word: float) -> None:
    module = ir.parse(asking("fwddiff", 'metadata !"enzyme_width", i64 2'))
    carry(module)

    got = ir.apply(carried_words.FORWARD, ir.text(module))

    kinds = {store.operands[0].type.kind for store in stores(got, CARRY)}
    assert kinds == {TypeKind.POINTER, TypeKind.DOUBLE}
    settle(got)
    address_guard.settle(got)
    words = Words(word, 0.0)
    answered(ir, got)[CARRY](ctypes.byref(words.to), ctypes.byref(words.start))
    assert bits(words.to) == bits(words.start)


def test_reverse_mode_does_not_see_it(ir: Ir) -> None:
    module = ir.parse(asking("autodiff"))
    carry(module)

    assert function(ir.apply(carried_words.FORWARD, ir.text(module)), CARRY).is_declaration


MANTISSA = """
define double @f(ptr %x) {
  %bits = load i64, ptr %x, align 8
  %low = and i64 %bits, 4503599627370495
  %one = or i64 %low, 4607182418800017408
  %mantissa = bitcast i64 %one to double
  ret double %mantissa
}
"""
TAKES_BITS = "define i64 @other(double %x) {\n  %n = bitcast double %x to i64\n  ret i64 %n\n}\n"


MAKES_BITS = "define double @made(i64 %n) {\n  %x = bitcast i64 %n to double\n  ret double %x\n}\n"


@pytest.mark.parametrize(
    ("more", "is_a_number"),
    [(MAKES_BITS, True), (MAKES_BITS + TAKES_BITS, False), ("", False)],
    ids=["makes floats of bits", "takes bits, too", "does neither: a union"],
)
def test_an_integer_that_is_computed_with_and_becomes_a_float_is_a_number_where_no_bits_are_taken(
    ir: Ir, more: str, is_a_number: bool
) -> None:
    # what was noted is of what the crate itself says, before LLVM made bitcasts
    noted = ir.text(ir.apply(float_bits.RULE, more + "declare void @nothing()\n"))

    named = callees(ir.apply(untyped_copies.RULE, MANTISSA + noted), "f")
    assert any("float_of" in name for name in named) is is_a_number
