"""How integers become what a move moves, and what it moved becomes integers again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from cargo_autodiff.errors import Refused
from cargo_autodiff.ir.builder import Builder
from cargo_autodiff.ir.inactive_calls import NOT_ITS_OWN, inactive
from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.rule import Rule

if TYPE_CHECKING:
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Function, Instruction, Type, Value

_FLOAT_OF, _INTEGER_OF = "__cargo_autodiff_float_of_", "__cargo_autodiff_integer_of_"
_CONVERSION = re.compile(rf"({_FLOAT_OF}|{_INTEGER_OF})")


class Border(Protocol):
    """The border of a move whose type changes."""

    def enter(self, value: Value, new: Type) -> Value:
        """Make what the move moves of an integer that is not loaded by it."""

    def leave(self, value: Instruction, made: Value) -> None:
        """Let the users of an integer that are not the move's have it."""


class AsBits:
    """All integers of the move are what it moves: others see its bits."""

    def enter(self, value: Value, new: Type) -> Value:
        """There is none."""
        raise ValueError(value.text() + str(new.kind))

    def leave(self, value: Instruction, made: Value) -> None:
        """Give the bits."""
        builder = Builder.after(value)
        as_old = builder.address_bits if made.type.kind is TypeKind.POINTER else builder.bits
        value.replace_uses(as_old(made, value.type))


class Inactive:
    """Some integers of the move are no floats: Enzyme sees calls that carry no derivative, and no bits."""

    def __init__(self, module: Module, function: Function) -> None:
        self._module = module
        self._function = function

    def enter(self, value: Value, new: Type) -> Value:
        """Take an integer's bits as a float."""
        instruction = value.as_instruction()
        builder = Builder.after(instruction) if instruction is not None else Builder.before(self._function.entry.first)
        return builder.call(self._converts(_FLOAT_OF, value.type, new), [value])

    def leave(self, value: Instruction, made: Value) -> None:
        """Take a float's bits as an integer; what takes them as the float gets that."""
        for user in [item.as_instruction() for item in value.users()]:
            if user is not None and user.opcode in (Opcode.BITCAST, Opcode.INTTOPTR) and user.type == made.type:
                user.replace_uses(made)
                user.erase()
        if next(value.users(), None) is not None:
            value.replace_uses(Builder.after(value).call(self._converts(_INTEGER_OF, made.type, value.type), [made]))

    def _converts(self, verb: str, given: Type, wanted: Type) -> Function:
        name = verb + (given if given.kind is not TypeKind.INTEGER else wanted).kind.name.lower()
        converts = inactive(self._module, name, wanted, given)
        converts.set_string_attribute(NOT_ITS_OWN)
        return converts


def take_as_number(module: Module, bits: Instruction) -> None:
    """Let an integer whose bits are taken as a float's carry no derivative."""
    source = bits.operands[0]
    number = Inactive(module, bits.function).enter(source, bits.type)
    bits.replace_uses(number)
    bits.erase()


def settle(module: Module) -> None:
    """Let the conversions be what they stood for. Raises Refused for addresses: nobody can say what their shadow is."""
    for function in module.functions():
        if _CONVERSION.match(function.name):
            for user in list(function.users()):
                call = user.as_instruction()
                if call is not None:
                    _refuse_address(call)
                    call.replace_uses(Builder.before(call).bits(call.arguments[0], call.type))
                    call.erase()


def _refuse_address(call: Instruction) -> None:
    if TypeKind.POINTER in (call.type.kind, call.arguments[0].type.kind):
        raise Refused(
            "a move of unknown type cannot be differentiated",
            why="an integer that is moved is an address at one time and a number at another",
            hint="keep pointers and numbers in fields of their own",
        )


SETTLE = Rule(name="settle-borders", reason="nothing defines what was called", apply=settle)
