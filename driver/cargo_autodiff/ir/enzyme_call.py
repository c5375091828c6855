"""The rewrite: the body of a placeholder becomes one call of Enzyme.

Contract: rustc_codegen_llvm builder/autodiff.rs, `generate_enzyme_call` (early 2025), and Enzyme's calling convention
(enzyme.mit.edu/getting_started/CallingConvention). Beyond rustc: targets that return through memory, kinds of all
parameters checked, a constant return kept constant.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, NamedTuple

from cargo_autodiff.errors import RequestError
from cargo_autodiff.ir.activity import DiffActivity
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.kinds import TypeKind
from cargo_autodiff.ir.value import Function, Type, Value
from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.request import Input, Request

# What a placeholder's own trivial body let the front end infer, and what kept callers from inlining it.
_INFERRED = (
    "memory", "readnone", "readonly", "writeonly", "argmemonly", "inaccessiblememonly", "nounwind", "willreturn",
    "nofree", "nosync", "norecurse", "speculatable",
)  # fmt: skip
_INFERRED_OF_POINTERS = ("readnone", "readonly", "writeonly", "nocapture", "captures", "returned")

# fastcc, coldcc, intel_ocl_bicc: what LLVM's verifier does not let a variadic function have
_NOT_VARIADIC = frozenset({8, 9, 77})


def rewrite(module: Module, request: Request) -> None:
    """Replace the body of `request.target` by the Enzyme call for `request.source`.

    Raises RequestError, naming both functions, when one is missing or its parameters do not fit; then the module is
    unchanged.
    """
    source = module.function(request.source)
    target = module.function(request.target)
    if source is None or target is None:
        which = "source" if source is None else "target"
        raise _refusal(request, f"could not find {which} function", "give the symbol as `llvm-nm` prints it")
    if source.is_declaration and not source.is_intrinsic:
        raise _refusal(request, "the source function has no body in this module", "link the module that defines it in")
    call = _Reader(request, source, target).read()
    convention = _convention(request, source, target)
    _replace_body(module, request, target, call, convention)


class _Bytes(Frozen):
    """The distance of two lanes: `count` elements of `size` bytes, or `size` bytes alone."""

    size: int
    count: Value | None

    def build(self, builder: Builder) -> Value:
        size = builder.constant(64, self.size)
        return builder.multiply(self.count, size) if self.count else size


_Argument = str | int | Value | _Bytes
"""A word of Enzyme's (metadata), a number, a value, or a stride still to be computed in the new body."""


class _Call(NamedTuple):
    """What goes into the call, in order, and the type Enzyme returns."""

    arguments: tuple[_Argument, ...]
    returns: Type
    result: Value | None
    """Where the aggregate goes when the target returns through memory."""


class _Reader:
    """Reads a target's parameters against the activities of a request."""

    def __init__(self, request: Request, source: Function, target: Function) -> None:
        self.request = request
        self.source = source
        self.target = target
        self.parameters = target.parameters
        self.at = 0
        self.read_of_source = 0
        self.arguments: list[_Argument] = [source]

    def read(self) -> _Call:
        if self.source.has("sret", 1):
            why = "the source returns through memory, where Enzyme sees no return value"
            raise _refusal(self.request, why, "let it write its result through a duplicated pointer parameter")
        result = self._result()
        self._announce_return()
        inputs = self.request.inputs
        position = 0
        while position < len(inputs):
            position += self._read_input(position)
        self._nothing_left()
        return _Call(tuple(self.arguments), self._returns(result), result)

    def _result(self) -> Value | None:
        if not self.target.has("sret", 1):
            return None
        self.at = 1
        return self.parameters[0]

    def _announce_return(self) -> None:
        returned, mode = self.request.returned, self.request.mode
        allowed = {DiffActivity.CONST, DiffActivity.NONE} | (
            {DiffActivity.DUAL, DiffActivity.DUAL_ONLY, DiffActivity.DUALV, DiffActivity.DUALV_ONLY}
            if mode.is_forward
            else {DiffActivity.ACTIVE, DiffActivity.ACTIVE_ONLY}
        )
        if returned not in allowed:
            words = ", ".join(sorted(activity.value for activity in allowed))
            raise _refusal(
                self.request, f"invalid return activity {returned.value} in {mode.value} mode", f"use one of {words}"
            )
        void = self.source.return_type.kind is TypeKind.VOID
        if void and returned not in (DiffActivity.CONST, DiffActivity.NONE):
            raise _refusal(self.request, "the source returns nothing that could be active", "write `ret=const`")
        if returned in (DiffActivity.DUAL, DiffActivity.DUALV, DiffActivity.ACTIVE):
            self.arguments.append("enzyme_primal_return")
        elif returned is DiffActivity.CONST and not void:
            # without both words Enzyme returns the tangent of a constant float
            self.arguments += ["enzyme_const_return", "enzyme_primal_return"]
        if self.request.width > 1:
            self.arguments += ["enzyme_width", self.request.width]

    def _read_input(self, position: int) -> int:
        """Read one activity with the parameters it stands for; return how many activities were used."""
        given = self.request.inputs[position]
        activity = given.activity
        if not activity.marker:
            raise _refusal(self.request, "`none` is not an activity of an input", "write `const`")
        if not activity.fits(self.request.mode):
            why = f"{activity.value} cannot be used in {self.request.mode.value} mode"
            raise _refusal(self.request, why, "see the table of activities in docs/attributes.md")
        following = self.request.inputs[position + 1 : position + 2]
        if activity.has_shadow and following and following[0].activity is DiffActivity.FAKE_SIZE:
            self._read_slice(given)
            return 2
        value = self._take(activity, self._kinds_for(activity))
        if activity.has_shadow:
            self._read_shadows(given, value)
        else:
            self.arguments += [activity.marker, value]
        return 1

    def _kinds_for(self, activity: DiffActivity) -> str:
        if activity in (DiffActivity.ACTIVE, DiffActivity.ACTIVE_ONLY):
            return "a floating-point value"
        if activity is DiffActivity.FAKE_SIZE:
            return "an integer"
        if activity in (DiffActivity.DUAL, DiffActivity.DUAL_ONLY):
            return "a pointer or a floating-point value"
        return "a pointer" if activity.has_shadow else "anything"

    def _read_shadows(self, given: Input, value: Value) -> None:
        lanes = 1 if given.activity.is_batched else self.request.width
        shadows = [self._take_shadow(value.type) for _ in range(lanes)]
        self.arguments.append(given.activity.marker)
        if given.activity.is_batched:
            self.arguments.append(self._stride(given, None))
        self.arguments += [value, *shadows]

    def _read_slice(self, given: Input) -> None:
        """Read `ptr, len` and per lane `ptr, len`; the shadows' lengths were checked by who calls the target."""
        pointer = self._take(given.activity, "a pointer")
        length = self._take(DiffActivity.FAKE_SIZE, "an integer")
        lanes = 1 if given.activity.is_batched else self.request.width
        shadows = []
        for _ in range(lanes):
            shadows.append(self._take_shadow(pointer.type))
            self._take_shadow(length.type)
        self.arguments.append(given.activity.marker)
        if given.activity.is_batched:
            self.arguments.append(self._stride(given, length))
        self.arguments += [pointer, *shadows, DiffActivity.FAKE_SIZE.marker, length]

    def _stride(self, given: Input, length: Value | None) -> _Bytes:
        if not given.stride:
            why = f"{given.activity.value} does not say how many bytes a lane takes"
            raise _refusal(self.request, why, f"write `{given.activity.value}(8)` (bytes; of one element for a slice)")
        return _Bytes(size=given.stride, count=length)

    def _take(self, activity: DiffActivity, wanted: str) -> Value:
        """Take the next parameter of the target as the next argument of the source."""
        index, of_source = self.at, self.source.parameters
        if index >= len(self.parameters):
            raise self._misfit(f"no parameter is left for activity {activity.value} (number {self.read_of_source + 1})")
        value = self.parameters[index]
        if not _is(value.type.kind, wanted):
            raise self._misfit(f"{self._named(index)} must be {wanted} for activity {activity.value}")
        if self.read_of_source >= len(of_source):
            raise self._misfit(f"the source has only {len(of_source)} parameters, fewer than the activities")
        if of_source[self.read_of_source].type != value.type:
            raise self._misfit(
                f"{self._named(index)} has another type than parameter {self.read_of_source} of the source"
            )
        self.at += 1
        self.read_of_source += 1
        return value

    def _take_shadow(self, of: Type) -> Value:
        if self.at >= len(self.parameters):
            raise self._misfit(f"the shadow of {self._named(self.at - 1)} is missing")
        shadow = self.parameters[self.at]
        if shadow.type != of:
            raise self._misfit(f"{self._named(self.at)} must be a shadow, of the same type as the argument before it")
        self.at += 1
        return shadow

    def _nothing_left(self) -> None:
        if self.at < len(self.parameters):
            raise self._misfit(f"{self._named(self.at)} has no activity")
        if self.read_of_source < len(self.source.parameters):
            raise self._misfit(f"parameter {self.read_of_source} of the source has no activity")

    def _returns(self, result: Value | None) -> Type:
        """Return what Enzyme is declared to return: the target's own type, or for `sret` the aggregate Enzyme makes."""
        if result is None:
            return self.target.return_type
        parts = self._returned_parts()
        llvm = self.target.llvm
        array = (ctypes.c_void_p * len(parts))(*(part.ref for part in parts))
        context = llvm.LLVMGetTypeContext(self.target.type.ref)
        made = parts[0] if len(parts) == 1 else Type(llvm, llvm.LLVMStructTypeInContext(context, array, len(parts), 0))
        layout = llvm.LLVMGetModuleDataLayout(llvm.LLVMGetGlobalParent(self.target.ref))
        place = llvm.LLVMGetTypeAttributeValue(
            llvm.LLVMGetEnumAttributeAtIndex(self.target.ref, 1, llvm.LLVMGetEnumAttributeKindForName(b"sret", 4))
        )
        sizes = [llvm.LLVMABISizeOfType(layout, ref) for ref in (made.ref, place)]
        if not parts or sizes[0] != sizes[1]:
            raise self._misfit(f"it returns {sizes[1]} bytes through memory, but the derivative has {sizes[0]}")
        return made

    def _returned_parts(self) -> list[Type]:
        returned, width = self.request.returned, self.request.width
        result, parts = self.source.return_type, []
        if "enzyme_primal_return" in self.arguments:
            parts.append(result)
        if self.request.mode.is_forward:
            if returned is not DiffActivity.CONST and returned is not DiffActivity.NONE:
                parts.append(self._lanes(result, width))
            return parts
        for word, value in zip(self.arguments, self.arguments[1:], strict=False):
            if word == "enzyme_out" and isinstance(value, Value):
                parts.append(self._lanes(value.type, width))
        return parts

    def _lanes(self, of: Type, width: int) -> Type:
        return of if width == 1 else Type(of.llvm, of.llvm.LLVMArrayType(of.ref, width))

    def _named(self, index: int) -> str:
        name = self.parameters[index].name
        return f"parameter {index} (`{name}`) of the target" if name else f"parameter {index} of the target"

    def _misfit(self, why: str) -> RequestError:
        return _refusal(self.request, why, "let the activities follow the parameters of the LLVM functions in order")


def _is(kind: TypeKind, wanted: str) -> bool:
    floating = kind.is_float or kind in (TypeKind.VECTOR, TypeKind.STRUCT, TypeKind.ARRAY)
    return {
        "a pointer": kind is TypeKind.POINTER,
        "an integer": kind is TypeKind.INTEGER,
        "a floating-point value": floating,
        "a pointer or a floating-point value": floating or kind is TypeKind.POINTER,
    }.get(wanted, True)


def _convention(request: Request, source: Function, target: Function) -> int:
    """Choose the convention of the call: the target's, or C's where that cannot be variadic; the source gets it too.

    Enzyme's derivative has the source's convention, the call of it keeps the call's, and between two that differ LLVM
    takes the call for unreachable.
    """
    llvm = target.llvm
    wanted = llvm.LLVMGetFunctionCallConv(target.ref)
    wanted = 0 if wanted in _NOT_VARIADIC else wanted
    if llvm.LLVMGetFunctionCallConv(source.ref) == wanted:
        return wanted
    calls = source.calls()
    if not source.is_local or len(calls) < sum(1 for _ in source.users()):
        why = "the source has a calling convention of its own, and may be called from where that cannot be changed"
        raise _refusal(request, why, "give source and target the same calling convention, or compile without passes")
    llvm.LLVMSetFunctionCallConv(source.ref, wanted)
    for call in calls:
        llvm.LLVMSetInstructionCallConv(call.ref, wanted)
    return wanted


def _replace_body(module: Module, request: Request, target: Function, call: _Call, convention: int) -> None:
    llvm = module.llvm
    location = _location(target)
    target.clear()
    target.allow_inlining()
    for kind in _INFERRED:
        target.drop(kind)
    for index, parameter in enumerate(target.parameters):
        if parameter.type.kind is TypeKind.POINTER:
            for kind in _INFERRED_OF_POINTERS:
                target.drop(kind, index + 1)
    variadic = llvm.LLVMFunctionType(call.returns.ref, None, 0, 1)
    entry = module.declare(request.mode.entry_point + request.target, variadic)
    llvm.LLVMSetFunctionCallConv(entry.ref, convention)
    entry.add("noinline")
    builder = Builder.at_end(target.append_block("entry"))
    made = builder.call(entry, [_build(part, builder) for part in call.arguments])
    if location:
        llvm.LLVMInstructionSetDebugLoc(made.ref, location)
    if call.result is not None:
        builder.store(made, call.result)
        builder.ret()
    elif target.return_type.kind is TypeKind.VOID:
        builder.ret()
    else:
        builder.ret(made)
    if llvm.LLVMVerifyFunction(target.ref, 2):
        problem = module.problem().splitlines() or ["the verifier does not say why"]
        raise _refusal(request, f"the rewritten function is not valid IR: {problem[0]}", "please report this")


def _build(part: _Argument, builder: Builder) -> Value:
    if isinstance(part, str):
        return builder.word(part)
    if isinstance(part, int):
        return builder.constant(64, part)
    return part.build(builder) if isinstance(part, _Bytes) else part


def _location(target: Function) -> int:
    """The debug location of the placeholder's body, best that of its last instruction."""
    found = 0
    for instruction in target.instructions():
        found = target.llvm.LLVMInstructionGetDebugLoc(instruction.ref) or found
    return found


def _refusal(request: Request, why: str, hint: str) -> RequestError:
    return RequestError(f"{request.label} cannot be made", why=why, hint=hint)
