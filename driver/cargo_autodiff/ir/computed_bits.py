"""Whether bits of floats are computed with as integers, and become floats again.

Where they do, an integer in the place of a float can carry a derivative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.flows import PASSING, is_integer
from cargo_autodiff.ir.kinds import Opcode, TypeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.evidence import Evidence
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Instruction, Value

_DECIDE = (Opcode.ICMP, Opcode.BR, Opcode.SWITCH, Opcode.UITOFP, Opcode.SITOFP, Opcode.INTTOPTR)
"""What looks at an integer and makes no other of it."""
_COUNT = (Opcode.ADD, Opcode.SUB, Opcode.MUL, Opcode.UDIV, Opcode.UREM)
"""What a counter is made of others by: where no float is made of bits, nobody does so with a float's."""
_CHECKED = tuple(f"llvm.{sign}{what}.with.overflow." for sign in "us" for what in ("add", "sub", "mul"))
_SHIFTS = (Opcode.SHL, Opcode.LSHR, Opcode.ASHR)
_LOSES_NOTHING = (" nuw ", " nsw ", " exact ")


class _Returned(Exception):
    """Computed bits became a float, or may have."""


def bits_become_floats(module: Module, evidence: Evidence) -> bool:
    """Tell whether anything computed from the bits of a float is taken as a float, or stored where floats are."""
    try:
        _Search(module, evidence).run()
    except _Returned:
        return True
    return False


def are_numbers(evidence: Evidence) -> bool:
    """Tell whether integers of which floats are made are made of no float: a generator's, which makes bits of nothing.

    A crate that makes no floats of bits, and still has them computed, accesses the same memory as both.
    """
    return evidence.floats_of_bits and not evidence.bits_of_floats


def loads_behind(bits: Instruction) -> set[Instruction]:
    """Give the loads of integers with which anything is computed that a float is made of."""
    found: set[Instruction] = set()
    todo: list[tuple[Value, bool]] = [(bits.operands[0], False)]
    seen = set(todo)
    while todo:
        value, computed = todo.pop()
        step = value.as_instruction()
        if step is None or TypeKind.INTEGER not in step.type.scalars():
            continue
        if step.opcode == Opcode.LOAD:
            found |= {step} if computed else set()
            continue
        sources = step.arguments if step.is_call else step.operands
        fresh = {(source, computed or step.opcode not in PASSING) for source in sources} - seen
        seen |= fresh
        todo += fresh
    return found


class _Search:
    def __init__(self, module: Module, evidence: Evidence) -> None:
        self._module = module
        self._evidence = evidence
        self._counts = not evidence.floats_of_bits
        self._computed: dict[Value, bool] = {}
        """What was computed, and whether all ways to it only count."""
        self._todo: list[Value] = []

    def run(self) -> None:
        for value in self._bits():
            for user in _instructions(value):
                if _is_float_of(user) or _stores(user, value) or user.opcode in PASSING:
                    continue
                self._compute(user, value, counted=self._counts and counts(user, of_bits=True))
        while self._todo:
            value = self._todo.pop()
            counted = self._computed[value]
            for user in _instructions(value):
                if _is_float_of(user):
                    raise _Returned
                if _stores(user, value):
                    self._keep(user, value, counted=counted)
                else:
                    self._compute(user, value, counted=counted)

    def _bits(self) -> list[Value]:
        """Give the integers that are bits of floats, or may be."""
        found: list[Value] = [
            item for function in self._module.definitions() for item in function.instructions() if self._is_bits(item)
        ]
        seen = {value.ref for value in found}
        for value in found:
            for user in _instructions(value):
                if user.opcode in PASSING and user.ref not in seen:
                    seen.add(user.ref)
                    found.append(user)
        return found

    def _is_bits(self, item: Instruction) -> bool:
        if item.opcode not in (Opcode.BITCAST, Opcode.LOAD) or TypeKind.INTEGER not in item.type.scalars():
            return False
        if item.opcode == Opcode.BITCAST:
            return any(kind.is_float for kind in item.operands[0].type.scalars())
        return self._floats_at(item.operands[0], item)

    def _floats_at(self, address: Value, value: Value) -> bool:
        size = max(piece.end for piece in self._evidence.pieces(value.type))
        return any(kind.is_float for kind in self._evidence.kinds(address, size))

    def _compute(self, user: Instruction, value: Value, *, counted: bool) -> None:
        """Follow a use that makes something of an integer."""
        if user.opcode in _DECIDE:
            return
        if user.opcode == Opcode.RET:
            for caller in user.function.users():
                call = caller.as_instruction()
                if call is None or call.callee != user.function:
                    raise _Returned
                self._add(call, counted=counted)
        elif user.is_call and user.callee is None:
            raise _Returned
        elif user.is_call and user.callee is not None and not user.callee.is_declaration:
            for given, formal in zip(user.arguments, user.callee.parameters, strict=False):
                if given == value:
                    self._add(formal, counted=counted)
        else:
            self._add(user, counted=counted and counts(user))

    def _keep(self, store: Instruction, value: Value, *, counted: bool) -> None:
        """Follow what is stored to wherever it may be loaded."""
        address = store.operands[1]
        if self._floats_at(address, value):
            if counted:
                return
            raise _Returned
        for memory in self._evidence.memory.joined(self._evidence.memory.of(address)):
            for access, _ in memory.accesses:
                if access.opcode == Opcode.LOAD and is_integer(access.type):
                    self._add(access, counted=counted)

    def _add(self, value: Value, *, counted: bool) -> None:
        known = self._computed.get(value)
        if TypeKind.INTEGER in value.type.scalars() and (known is None or (known and not counted)):
            self._computed[value] = counted
            self._todo.append(value)


def _instructions(value: Value) -> Iterator[Instruction]:
    return (user for item in value.users() if (user := item.as_instruction()) is not None)


def _is_float_of(user: Instruction) -> bool:
    return user.opcode == Opcode.BITCAST and any(kind.is_float for kind in user.type.scalars())


def counts(user: Instruction, *, of_bits: bool = False) -> bool:
    """Tell what makes a counter of counters, or of what may be a float's bits instead: these are shifted otherwise."""
    if user.opcode in _SHIFTS:
        doubles = user.opcode == Opcode.SHL and not of_bits
        return doubles or any(flag in user.text() for flag in _LOSES_NOTHING)
    if user.is_call and user.callee is not None:
        return user.callee.name.startswith(_CHECKED)
    return user.opcode in (*_COUNT, *PASSING, Opcode.EXTRACTVALUE)


def _stores(user: Instruction, value: Value) -> bool:
    return user.opcode == Opcode.STORE and user.operands[0] == value
