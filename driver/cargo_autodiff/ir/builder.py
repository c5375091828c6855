"""Makes instructions, constants and types."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Self

from cargo_autodiff.ir.kinds import Opcode, TypeKind
from cargo_autodiff.ir.value import Block, Function, Instruction, Type, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cargo_autodiff.ir.debug_info import Node
    from cargo_autodiff.ir.holding import Layout
    from cargo_autodiff.ir.libllvm import LibLLVM

NAMES = {
    TypeKind.FLOAT: "Float@float",
    TypeKind.DOUBLE: "Float@double",
    TypeKind.INTEGER: "Integer",
    TypeKind.POINTER: "Pointer",
}
"""Types as Enzyme names them."""


class Builder:
    """Makes instructions at one place of a function."""

    def __init__(self, llvm: LibLLVM, context: int) -> None:
        self.llvm = llvm
        self.context = context
        self._ref = llvm.LLVMCreateBuilderInContext(context)

    @classmethod
    def before(cls, instruction: Instruction) -> Self:
        """Build in front of an instruction."""
        builder = cls(instruction.llvm, instruction.llvm.LLVMGetTypeContext(instruction.type.ref))
        builder.llvm.LLVMPositionBuilderBefore(builder._ref, instruction.ref)
        return builder

    @classmethod
    def after(cls, instruction: Instruction) -> Self:
        """Build behind an instruction, or behind the phis of its block."""
        instructions = instruction.block.instructions
        at = instructions.index(instruction)
        return cls.before(next(item for item in instructions[at + 1 :] if item.opcode != Opcode.PHI))

    @classmethod
    def at_end(cls, block: Block) -> Self:
        """Build at the end of a block."""
        parent = Function(block.llvm, block.llvm.LLVMGetBasicBlockParent(block.ref))
        builder = cls(block.llvm, block.llvm.LLVMGetTypeContext(parent.type.ref))
        builder.llvm.LLVMPositionBuilderAtEnd(builder._ref, block.ref)
        return builder

    def __del__(self) -> None:
        self.llvm.LLVMDisposeBuilder(self._ref)

    def integer(self, bits: int) -> Type:
        """The integer type of a width."""
        return Type(self.llvm, self.llvm.LLVMIntTypeInContext(self.context, bits))

    def double(self) -> Type:
        """The type of an f64."""
        return Type(self.llvm, self.llvm.LLVMDoubleTypeInContext(self.context))

    def pointer(self) -> Type:
        """The opaque pointer type of address space 0."""
        if self.llvm.has("LLVMPointerTypeInContext"):
            return Type(self.llvm, self.llvm.LLVMPointerTypeInContext(self.context, 0))
        return Type(self.llvm, self.llvm.LLVMPointerType(self.integer(8).ref, 0))

    def void(self) -> Type:
        """The type of nothing."""
        return Type(self.llvm, self.llvm.LLVMVoidTypeInContext(self.context))

    def function_type(self, returns: Type, *parameters: Type) -> Type:
        """The type of a function."""
        array = (ctypes.c_void_p * len(parameters))(*(parameter.ref for parameter in parameters))
        return Type(self.llvm, self.llvm.LLVMFunctionType(returns.ref, array, len(parameters), 0))

    def empty_node(self) -> Value:
        """Metadata `!{}`."""
        node = self.llvm.LLVMMDNodeInContext2(self.context, None, 0)
        return Value(self.llvm, self.llvm.LLVMMetadataAsValue(self.context, node))

    def note(self, text: str) -> Value:
        """Metadata that holds a text."""
        return self._as_value(self._node(self._string(text)))

    def list_of(self, nodes: Sequence[Node]) -> Value:
        """Metadata that lists nodes."""
        return self._as_value(self._node(*(node.ref for node in nodes)))

    def true_type(self, layout: Layout) -> Value:
        """Metadata by which Enzyme knows what a copy moves: what begins at which byte."""
        parts = [part for piece in layout for part in (self._string(NAMES[piece.kind]), self._number(64, piece.offset))]
        return self._as_value(self._node(*parts))

    def declared_type(self, layout: Layout, size: int) -> Value:
        """The same for ourselves, with the size of the whole at the end."""
        parts = [part for piece in layout for part in (piece.kind, piece.offset, piece.size)]
        return self._as_value(self._node(*(self._number(64, number) for number in (*parts, size))))

    def enzyme_type(self, name: str) -> Value:
        """Metadata by which Enzyme knows what a value is, wherever one looks into it."""
        inner = self._node(self._string(name))
        return self._as_value(self._node(self._string("Unknown"), self._number(32, -1), inner))

    def _string(self, text: str) -> int:
        raw = text.encode()
        return self.llvm.LLVMMDStringInContext2(self.context, raw, len(raw))

    def _number(self, bits: int, value: int) -> int:
        return self.llvm.LLVMValueAsMetadata(self.constant(bits, value % 2**bits).ref)

    def _node(self, *parts: int) -> int:
        return self.llvm.LLVMMDNodeInContext2(self.context, (ctypes.c_void_p * len(parts))(*parts), len(parts))

    def _as_value(self, node: int) -> Value:
        return Value(self.llvm, self.llvm.LLVMMetadataAsValue(self.context, node))

    def constant(self, bits: int, value: int) -> Value:
        """An integer constant."""
        return Value(self.llvm, self.llvm.LLVMConstInt(self.integer(bits).ref, value, 0))

    def zero(self, of: Type) -> Value:
        """The all-zero value of a type."""
        return Value(self.llvm, self.llvm.LLVMConstNull(of.ref))

    def word(self, text: str) -> Value:
        """A metadata string as an argument, the form in which Enzyme reads its markers."""
        raw = text.encode()
        return Value(
            self.llvm,
            self.llvm.LLVMMetadataAsValue(self.context, self.llvm.LLVMMDStringInContext2(self.context, raw, len(raw))),
        )

    def take(self, instruction: Instruction) -> None:
        """Move an instruction here."""
        self.llvm.LLVMInstructionRemoveFromParent(instruction.ref)
        self.llvm.LLVMInsertIntoBuilder(self._ref, instruction.ref)

    def call(self, function: Function, arguments: list[Value], name: str = "") -> Instruction:
        """Call a function with its own type and calling convention."""
        array = (ctypes.c_void_p * len(arguments))(*(argument.ref for argument in arguments))
        ref = self.llvm.LLVMBuildCall2(
            self._ref, function.value_type.ref, function.ref, array, len(arguments), name.encode()
        )
        self.llvm.LLVMSetInstructionCallConv(ref, self.llvm.LLVMGetFunctionCallConv(function.ref))
        return Instruction(self.llvm, ref)

    def call_as(self, of: Type, callee: Value, arguments: list[Value], *, instead_of: Instruction) -> Instruction:
        """Call a function, or what a pointer names, by a type; an invoke where it stands instead of one."""
        llvm, old = self.llvm, instead_of.ref
        array = (ctypes.c_void_p * len(arguments))(*(argument.ref for argument in arguments))
        given = (self._ref, of.ref, callee.ref, array, len(arguments))
        if instead_of.opcode == Opcode.INVOKE:
            ways = (llvm.LLVMGetNormalDest(old), llvm.LLVMGetUnwindDest(old))
            return Instruction(llvm, llvm.LLVMBuildInvoke2(*given, *ways, b""))
        return Instruction(llvm, llvm.LLVMBuildCall2(*given, b""))

    def copied(self, instruction: Instruction) -> Instruction:
        """A copy of an instruction, with its flags and metadata."""
        copy = Instruction(self.llvm, self.llvm.LLVMInstructionClone(instruction.ref))
        self.insert(copy, "")
        return copy

    def insert(self, instruction: Instruction, name: str) -> None:
        """Put an instruction here that stands nowhere."""
        self.llvm.LLVMInsertIntoBuilderWithName(self._ref, instruction.ref, name.encode(errors="surrogateescape"))

    def ret(self, value: Value | None = None) -> Instruction:
        """Return a value, or nothing."""
        ref = self.llvm.LLVMBuildRet(self._ref, value.ref) if value else self.llvm.LLVMBuildRetVoid(self._ref)
        return Instruction(self.llvm, ref)

    def end(self, by: Function) -> None:
        """End the program by a function that does not return."""
        self.call(by, [])
        self.llvm.LLVMBuildUnreachable(self._ref)

    def branch(self, to: Block) -> Instruction:
        """Go to a block."""
        return Instruction(self.llvm, self.llvm.LLVMBuildBr(self._ref, to.ref))

    def branch_if(self, condition: Value, then: Block, otherwise: Block) -> Instruction:
        """Go to one of two blocks."""
        return Instruction(self.llvm, self.llvm.LLVMBuildCondBr(self._ref, condition.ref, then.ref, otherwise.ref))

    def phi(self, of: Type, name: str = "") -> Instruction:
        """A phi without incoming values yet."""
        return Instruction(self.llvm, self.llvm.LLVMBuildPhi(self._ref, of.ref, name.encode()))

    def load(self, of: Type, address: Value, name: str = "") -> Instruction:
        """Load a value of a type."""
        return Instruction(self.llvm, self.llvm.LLVMBuildLoad2(self._ref, of.ref, address.ref, name.encode()))

    def store(self, value: Value, address: Value) -> Instruction:
        """Store a value."""
        return Instruction(self.llvm, self.llvm.LLVMBuildStore(self._ref, value.ref, address.ref))

    def offset(self, address: Value, by: Value, name: str = "") -> Value:
        """An address moved by a number of bytes, without any promise (no inbounds)."""
        index = (ctypes.c_void_p * 1)(by.ref)
        byte = self.integer(8)
        return Value(
            self.llvm,
            self.llvm.LLVMBuildGEP2(self._ref, byte.ref, address.ref, index, 1, name.encode()),
        )

    def negative_zero(self, of: Type) -> Value:
        """The float -0.0, which added to any float gives that float."""
        return self.float_constant(of, "-0.0")

    def float_constant(self, of: Type, number: str) -> Value:
        """A float, written as decimal number."""
        return Value(self.llvm, self.llvm.LLVMConstRealOfString(of.ref, number.encode()))

    def float_sum(self, left: Value, right: Value) -> Value:
        """A sum of floats."""
        return Value(self.llvm, self.llvm.LLVMBuildFAdd(self._ref, left.ref, right.ref, b""))

    def float_difference(self, left: Value, right: Value, name: str = "") -> Value:
        """A difference of floats."""
        return Value(self.llvm, self.llvm.LLVMBuildFSub(self._ref, left.ref, right.ref, name.encode()))

    def float_product(self, left: Value, right: Value) -> Value:
        """A product of floats."""
        return Value(self.llvm, self.llvm.LLVMBuildFMul(self._ref, left.ref, right.ref, b""))

    def sum(self, left: Value, right: Value) -> Value:
        """A wrapping sum."""
        return Value(self.llvm, self.llvm.LLVMBuildAdd(self._ref, left.ref, right.ref, b""))

    def multiply(self, left: Value, right: Value) -> Value:
        """A wrapping product."""
        return Value(self.llvm, self.llvm.LLVMBuildMul(self._ref, left.ref, right.ref, b""))

    def widened(self, value: Value, bits: int) -> Value:
        """An unsigned integer in a type that is at least as wide; the value itself when it has that type."""
        return Value(self.llvm, self.llvm.LLVMBuildIntCast2(self._ref, value.ref, self.integer(bits).ref, 0, b""))

    def both(self, left: Value, right: Value) -> Value:
        """The bits that both have."""
        return Value(self.llvm, self.llvm.LLVMBuildAnd(self._ref, left.ref, right.ref, b""))

    def either(self, left: Value, right: Value) -> Value:
        """The bits that one of them has."""
        return Value(self.llvm, self.llvm.LLVMBuildOr(self._ref, left.ref, right.ref, b""))

    def alloca(self, of: Type, name: str = "") -> Instruction:
        """A stack slot."""
        return Instruction(self.llvm, self.llvm.LLVMBuildAlloca(self._ref, of.ref, name.encode()))

    def member(self, of: Value, number: int) -> Value:
        """A member of a structure."""
        return Value(self.llvm, self.llvm.LLVMBuildExtractValue(self._ref, of.ref, number, b""))

    def structure(self, of: Type, members: Sequence[Value]) -> Value:
        """A structure of its members."""
        made = self.llvm.LLVMGetPoison(of.ref)
        for number, member in enumerate(members):
            made = self.llvm.LLVMBuildInsertValue(self._ref, made, member.ref, number, b"")
        return Value(self.llvm, made)

    def compare(self, predicate: int, left: Value, right: Value, name: str = "") -> Value:
        """An integer comparison (LLVMIntPredicate: 32 eq, 33 ne, 34 ugt, 36 ult)."""
        return Value(self.llvm, self.llvm.LLVMBuildICmp(self._ref, predicate, left.ref, right.ref, name.encode()))

    def compare_floats(self, predicate: int, left: Value, right: Value) -> Value:
        """A comparison of floats that is false where one is NaN (LLVMRealPredicate: 1 oeq, 2 ogt)."""
        return Value(self.llvm, self.llvm.LLVMBuildFCmp(self._ref, predicate, left.ref, right.ref, b""))

    def bits(self, value: Value, of: Type) -> Value:
        """The same bits as another type."""
        return Value(self.llvm, self.llvm.LLVMBuildBitCast(self._ref, value.ref, of.ref, b""))

    def address_bits(self, pointer: Value, of: Type) -> Value:
        """A pointer as an integer."""
        return Value(self.llvm, self.llvm.LLVMBuildPtrToInt(self._ref, pointer.ref, of.ref, b""))

    def select(self, condition: Value, then: Value, otherwise: Value, name: str = "") -> Value:
        """One of two values."""
        return Value(
            self.llvm, self.llvm.LLVMBuildSelect(self._ref, condition.ref, then.ref, otherwise.ref, name.encode())
        )
