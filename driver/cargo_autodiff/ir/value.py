"""Values, types, instructions, blocks and functions of a module: thin, typed views of LLVM's own objects.

A view owns nothing. It is valid as long as the LLVM object it names: erasing an instruction, or disposing the module,
ends it. Two views are equal when they name the same object.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Linkage, Opcode, TypeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cargo_autodiff.ir.libllvm import LibLLVM


_WORD_BITS = 64

RETURN, FUNCTION = 0, 0xFFFFFFFF
"""Attribute positions beside the parameters, which count from 1 (LLVMAttributeIndex)."""


class _View:
    __slots__ = ("llvm", "ref")

    def __init__(self, llvm: LibLLVM, ref: int) -> None:
        self.llvm = llvm
        self.ref = ref

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _View) and self.ref == other.ref

    def __hash__(self) -> int:
        return hash(self.ref)


class Type(_View):
    """An LLVM type."""

    __slots__ = ()

    @property
    def kind(self) -> TypeKind:
        """The kind, as LLVMGetTypeKind says."""
        return TypeKind(self.llvm.LLVMGetTypeKind(self.ref))

    @property
    def bits(self) -> int:
        """How wide an integer is."""
        return self.llvm.LLVMGetIntTypeWidth(self.ref)

    @property
    def members(self) -> tuple[Type, ...]:
        """Field types of a struct, the element type of an array or vector, else nothing."""
        kind = self.kind
        if kind is TypeKind.STRUCT:
            count = self.llvm.LLVMCountStructElementTypes(self.ref)
            return tuple(Type(self.llvm, self.llvm.LLVMStructGetTypeAtIndex(self.ref, i)) for i in range(count))
        if kind in (TypeKind.ARRAY, TypeKind.VECTOR):
            return (Type(self.llvm, self.llvm.LLVMGetElementType(self.ref)),)
        return ()

    def scalars(self) -> Iterator[TypeKind]:
        """Yield the kinds of the scalars inside, each at least once, depth first."""
        if not self.members:
            yield self.kind
        for member in self.members:
            yield from member.scalars()


class Value(_View):
    """Anything with a type and uses."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The symbol or local name; empty when it has none."""
        size = ctypes.c_size_t()
        at = self.llvm.LLVMGetValueName2(self.ref, ctypes.byref(size))
        return ctypes.string_at(at, size.value).decode(errors="surrogateescape")

    @name.setter
    def name(self, text: str) -> None:
        raw = text.encode(errors="surrogateescape")
        self.llvm.LLVMSetValueName2(self.ref, raw, len(raw))

    @property
    def type(self) -> Type:
        """The value's type; of a global that is a pointer."""
        return Type(self.llvm, self.llvm.LLVMTypeOf(self.ref))

    def users(self) -> Iterator[Value]:
        """Yield who uses it; do not change uses while iterating."""
        use = self.llvm.LLVMGetFirstUse(self.ref)
        while use:
            yield Value(self.llvm, self.llvm.LLVMGetUser(use))
            use = self.llvm.LLVMGetNextUse(use)

    @property
    def operands(self) -> list[Value]:
        """Operands in order; of a call, the callee comes last."""
        count = self.llvm.LLVMGetNumOperands(self.ref)
        return [Value(self.llvm, self.llvm.LLVMGetOperand(self.ref, i) or 0) for i in range(count)]

    def set_operand(self, index: int, value: Value) -> None:
        """Replace one operand."""
        self.llvm.LLVMSetOperand(self.ref, index, value.ref)

    def replace_uses(self, by: Value) -> None:
        """Let everyone who uses this use `by`."""
        self.llvm.LLVMReplaceAllUsesWith(self.ref, by.ref)

    def as_instruction(self) -> Instruction | None:
        """The same object as an instruction, if it is one."""
        return Instruction(self.llvm, self.ref) if self.llvm.LLVMIsAInstruction(self.ref) else None

    def as_function(self) -> Function | None:
        """The same object as a function, if it is one."""
        return Function(self.llvm, self.ref) if self.llvm.LLVMIsAFunction(self.ref) else None

    @property
    def is_global(self) -> bool:
        """Tell a function, variable, alias or ifunc."""
        return bool(self.llvm.LLVMIsAGlobalValue(self.ref))

    @property
    def is_constant(self) -> bool:
        """Tell a constant (globals are constants too)."""
        return bool(self.llvm.LLVMIsConstant(self.ref))

    def constant_int(self) -> int | None:
        """The value of an integer constant of up to 64 bits, unsigned; None for anything else."""
        if not self.llvm.LLVMIsAConstantInt(self.ref) or self.type.bits > _WORD_BITS:
            return None
        return self.llvm.LLVMConstIntGetZExtValue(self.ref)

    def metadata_text(self) -> str:
        """The text of a metadata string that is an argument; nothing for anything else."""
        if self.type.kind is not TypeKind.METADATA:
            return ""
        size = ctypes.c_uint()
        at = self.llvm.LLVMGetMDString(self.ref, ctypes.byref(size))
        return ctypes.string_at(at, size.value).decode() if at else ""

    def numbers(self) -> list[int]:
        """The integers of a metadata node."""
        count = self.llvm.LLVMGetMDNodeNumOperands(self.ref)
        array = (ctypes.c_void_p * count)()
        self.llvm.LLVMGetMDNodeOperands(self.ref, array)
        return [number for ref in array if ref and (number := Value(self.llvm, ref).constant_int()) is not None]

    def text(self) -> str:
        """The value as IR text, for messages."""
        return self.llvm.take_message(self.llvm.LLVMPrintValueToString(self.ref)).strip()


class Global(Value):
    """A function, variable or alias with a symbol."""

    __slots__ = ()

    @property
    def value_type(self) -> Type:
        """The type behind the pointer: of a function, its function type."""
        return Type(self.llvm, self.llvm.LLVMGlobalGetValueType(self.ref))

    @property
    def is_declaration(self) -> bool:
        """Tell a symbol without body or initialiser."""
        return bool(self.llvm.LLVMIsDeclaration(self.ref))

    @property
    def linkage(self) -> int:
        """LLVMLinkage as a number; see Linkage for the ones the driver sets."""
        return self.llvm.LLVMGetLinkage(self.ref)

    def set_linkage(self, linkage: Linkage, *, hidden: bool = False) -> None:
        """Set linkage and visibility together: an internal symbol must have default visibility."""
        self.llvm.LLVMSetVisibility(self.ref, 0)
        self.llvm.LLVMSetLinkage(self.ref, linkage)
        self.llvm.LLVMSetVisibility(self.ref, int(hidden))

    @property
    def is_hidden(self) -> bool:
        """Tell a symbol that only this program or library sees."""
        return self.llvm.LLVMGetVisibility(self.ref) == 1

    @property
    def is_local(self) -> bool:
        """Tell internal and private symbols."""
        return self.linkage in (Linkage.INTERNAL, Linkage.PRIVATE)

    def refer(self, kind: str, *others: Global) -> None:
        """Attach metadata of a kind that names others, or nothing."""
        llvm = self.llvm
        names = (ctypes.c_void_p * len(others))(*(llvm.LLVMValueAsMetadata(other.ref) for other in others))
        node = llvm.LLVMMDNodeInContext2(llvm.LLVMGetTypeContext(self.type.ref), names, len(others))
        llvm.LLVMGlobalSetMetadata(self.ref, metadata_kind(self, kind), node)

    @property
    def initializer(self) -> Value | None:
        """The initial value of a variable."""
        ref = self.llvm.LLVMGetInitializer(self.ref)
        return Value(self.llvm, ref) if ref else None


class Block(_View):
    """A basic block."""

    __slots__ = ()

    def as_value(self) -> Value:
        """The same object as a value, as branches and phis name it."""
        return Value(self.llvm, self.llvm.LLVMBasicBlockAsValue(self.ref))

    @property
    def instructions(self) -> list[Instruction]:
        """Instructions in order, as they are now."""
        found = []
        ref = self.llvm.LLVMGetFirstInstruction(self.ref)
        while ref:
            found.append(Instruction(self.llvm, ref))
            ref = self.llvm.LLVMGetNextInstruction(ref)
        return found

    @property
    def first(self) -> Instruction:
        """The first instruction."""
        return Instruction(self.llvm, self.llvm.LLVMGetFirstInstruction(self.ref))

    @property
    def terminator(self) -> Instruction:
        """The last instruction of a well-formed block."""
        return Instruction(self.llvm, self.llvm.LLVMGetBasicBlockTerminator(self.ref))

    @property
    def successors(self) -> list[Block]:
        """Blocks the terminator can go to; one that is named twice comes twice."""
        last = self.terminator.ref
        count = self.llvm.LLVMGetNumSuccessors(last)
        return [Block(self.llvm, self.llvm.LLVMGetSuccessor(last, i)) for i in range(count)]

    def end_unreachable(self) -> None:
        """Put `unreachable` at the end, behind a terminator that is about to go."""
        builder = self.llvm.LLVMCreateBuilderInContext(self.llvm.LLVMGetTypeContext(self.terminator.type.ref))
        self.llvm.LLVMPositionBuilderAtEnd(builder, self.ref)
        self.llvm.LLVMBuildUnreachable(builder)
        self.llvm.LLVMDisposeBuilder(builder)

    def redirect(self, old: Block, new: Block) -> None:
        """Let every edge to `old` go to `new`; phis are the caller's business."""
        last = self.terminator.ref
        for index, successor in enumerate(self.successors):
            if successor == old:
                self.llvm.LLVMSetSuccessor(last, index, new.ref)

    @property
    def phis(self) -> list[Instruction]:
        """The phi nodes at the block's head."""
        found = []
        for instruction in self.instructions:
            if instruction.opcode != Opcode.PHI:
                break
            found.append(instruction)
        return found


class Instruction(Value):
    """An instruction."""

    __slots__ = ()

    @property
    def opcode(self) -> int:
        """LLVMOpcode as a number; see Opcode."""
        return self.llvm.LLVMGetInstructionOpcode(self.ref)

    @property
    def is_call(self) -> bool:
        """Tell call and invoke."""
        return self.opcode in (Opcode.CALL, Opcode.INVOKE)

    @property
    def block(self) -> Block:
        """The block it stands in."""
        return Block(self.llvm, self.llvm.LLVMGetInstructionParent(self.ref))

    @property
    def function(self) -> Function:
        """The function it stands in."""
        return Function(self.llvm, self.llvm.LLVMGetBasicBlockParent(self.block.ref))

    @property
    def callee(self) -> Function | None:
        """The function a call names directly."""
        return Value(self.llvm, self.llvm.LLVMGetCalledValue(self.ref)).as_function()

    @property
    def next(self) -> Instruction:
        """The instruction behind one that does not end its block."""
        return Instruction(self.llvm, self.llvm.LLVMGetNextInstruction(self.ref))

    @property
    def is_indirect(self) -> bool:
        """Tell a call of what a pointer names at run time."""
        called = self.llvm.LLVMGetCalledValue(self.ref)
        return not self.llvm.LLVMIsAFunction(called) and not self.llvm.LLVMIsAInlineAsm(called)

    @property
    def assembly(self) -> str:
        """The inline assembly that a call is of, as IR text; nothing for anything else."""
        called = self.llvm.LLVMGetCalledValue(self.ref) if self.is_call else 0
        return Value(self.llvm, called).text() if called and self.llvm.LLVMIsAInlineAsm(called) else ""

    @property
    def arguments(self) -> list[Value]:
        """Arguments of a call."""
        count = self.llvm.LLVMGetNumArgOperands(self.ref)
        return [Value(self.llvm, self.llvm.LLVMGetOperand(self.ref, i)) for i in range(count)]

    def call_has(self, kind: str, at: int = FUNCTION) -> bool:
        """Tell whether the call site itself (not the callee) carries an enum attribute."""
        number = attribute_kind(self.llvm, kind)
        return bool(number and self.llvm.LLVMGetCallSiteEnumAttribute(self.ref, at, number))

    def call_value(self, kind: str, at: int = FUNCTION) -> int:
        """The number that an enum attribute of the call site holds; 0 without it."""
        ref = self.llvm.LLVMGetCallSiteEnumAttribute(self.ref, at, attribute_kind(self.llvm, kind))
        return self.llvm.LLVMGetEnumAttributeValue(ref) if ref else 0

    def call_drop(self, kind: str, at: int = FUNCTION) -> None:
        """Remove an enum attribute from the call site."""
        self.llvm.LLVMRemoveCallSiteEnumAttribute(self.ref, at, attribute_kind(self.llvm, kind))

    def call_add_word(self, word: str) -> None:
        """Add a string attribute without a value to the call site."""
        raw = word.encode()
        context = self.llvm.LLVMGetTypeContext(self.type.ref)
        attribute = self.llvm.LLVMCreateStringAttribute(context, raw, len(raw), b"", 0)
        self.llvm.LLVMAddCallSiteAttribute(self.ref, FUNCTION, attribute)

    def incoming(self) -> list[tuple[Value, Block]]:
        """Values and blocks of a phi."""
        llvm, ref = self.llvm, self.ref
        return [
            (Value(llvm, llvm.LLVMGetIncomingValue(ref, i)), Block(llvm, llvm.LLVMGetIncomingBlock(ref, i)))
            for i in range(llvm.LLVMCountIncoming(ref))
        ]

    def add_incoming(self, *pairs: tuple[Value, Block]) -> None:
        """Give a phi more values."""
        values = (ctypes.c_void_p * len(pairs))(*(value.ref for value, _ in pairs))
        blocks = (ctypes.c_void_p * len(pairs))(*(block.ref for _, block in pairs))
        self.llvm.LLVMAddIncoming(self.ref, values, blocks, len(pairs))

    def metadata(self, kind: str) -> Value | None:
        """The metadata of a kind, as a value."""
        ref = self.llvm.LLVMGetMetadata(self.ref, metadata_kind(self, kind))
        return Value(self.llvm, ref) if ref else None

    def set_metadata(self, kind: str, value: Value | None) -> None:
        """Attach metadata of a kind, or remove it."""
        self.llvm.LLVMSetMetadata(self.ref, metadata_kind(self, kind), value.ref if value else None)

    def erase(self) -> None:
        """Remove it from its block; nothing may use it any more."""
        self.llvm.LLVMInstructionEraseFromParent(self.ref)


class Function(Global):
    """A function: declaration or definition."""

    __slots__ = ()

    @property
    def parameters(self) -> list[Value]:
        """Formal parameters in order."""
        count = self.llvm.LLVMCountParams(self.ref)
        return [Value(self.llvm, self.llvm.LLVMGetParam(self.ref, i)) for i in range(count)]

    @property
    def return_type(self) -> Type:
        """What it returns at the level of LLVM: void when it returns through memory."""
        return Type(self.llvm, self.llvm.LLVMGetReturnType(self.value_type.ref))

    @property
    def blocks(self) -> list[Block]:
        """Blocks in order, the entry first."""
        found = []
        ref = self.llvm.LLVMGetFirstBasicBlock(self.ref)
        while ref:
            found.append(Block(self.llvm, ref))
            ref = self.llvm.LLVMGetNextBasicBlock(ref)
        return found

    @property
    def entry(self) -> Block:
        """The entry block of a definition."""
        return Block(self.llvm, self.llvm.LLVMGetEntryBasicBlock(self.ref))

    def append_block(self, name: str) -> Block:
        """A new, empty block at the end."""
        context = self.llvm.LLVMGetTypeContext(self.type.ref)
        return Block(self.llvm, self.llvm.LLVMAppendBasicBlockInContext(context, self.ref, name.encode()))

    def instructions(self) -> Iterator[Instruction]:
        """Yield every instruction; the one yielded last may be erased."""
        for block in self.blocks:
            yield from block.instructions

    def calls(self) -> list[Instruction]:
        """The calls that name it directly."""
        found = [user.as_instruction() for user in self.users()]
        return [call for call in found if call is not None and call.is_call and call.callee == self]

    def allow_inlining(self) -> None:
        """Forget that it, or a call of it, must not be inlined."""
        self.drop("noinline")
        self.drop("optnone")
        for call in self.calls():
            call.call_drop("noinline")

    def clear(self) -> None:
        """Remove the body, of any shape; nothing outside uses what it computed."""
        blocks = self.blocks
        for block in blocks:
            for instruction in block.instructions:
                if instruction.type.kind not in (TypeKind.VOID, TypeKind.TOKEN):
                    instruction.replace_uses(Value(self.llvm, self.llvm.LLVMGetUndef(instruction.type.ref)))
        for block in blocks:
            # no block may refer to another; debug records of an erased terminator need an instruction to move to, or
            # they outlive the block
            last = block.terminator
            block.end_unreachable()
            last.erase()
        for block in blocks:
            self.llvm.LLVMDeleteBasicBlock(block.ref)

    @property
    def is_intrinsic(self) -> bool:
        """Tell LLVM's own functions."""
        return bool(self.llvm.LLVMGetIntrinsicID(self.ref))

    def has(self, kind: str, at: int = FUNCTION) -> bool:
        """Tell whether it carries an enum (or type) attribute."""
        number = attribute_kind(self.llvm, kind)
        return bool(number and self.llvm.LLVMGetEnumAttributeAtIndex(self.ref, at, number))

    def attribute(self, kind: str, at: int) -> int:
        """The enum (or type) attribute of a kind, as LLVM's reference; 0 without it."""
        number = attribute_kind(self.llvm, kind)
        return self.llvm.LLVMGetEnumAttributeAtIndex(self.ref, at, number) if number else 0

    def value_of(self, kind: str, at: int = FUNCTION) -> int:
        """The number that an enum attribute holds; 0 without it."""
        ref = self.attribute(kind, at)
        return self.llvm.LLVMGetEnumAttributeValue(ref) if ref else 0

    def add(self, kind: str, at: int = FUNCTION, *, value: int = 0) -> None:
        """Add an enum attribute; most have no value."""
        context = self.llvm.LLVMGetTypeContext(self.type.ref)
        attribute = self.llvm.LLVMCreateEnumAttribute(context, attribute_kind(self.llvm, kind), value)
        self.llvm.LLVMAddAttributeAtIndex(self.ref, at, attribute)

    def drop(self, kind: str, at: int = FUNCTION) -> None:
        """Remove an enum attribute."""
        self.llvm.LLVMRemoveEnumAttributeAtIndex(self.ref, at, attribute_kind(self.llvm, kind))

    def take_attributes(self, other: Function) -> None:
        """Add all attributes of a function of the same type."""
        for at in (RETURN, FUNCTION, *range(1, self.llvm.LLVMCountParams(self.ref) + 1)):
            count = self.llvm.LLVMGetAttributeCountAtIndex(other.ref, at)
            found = (ctypes.c_void_p * count)()
            self.llvm.LLVMGetAttributesAtIndex(other.ref, at, found)
            for attribute in found:
                self.llvm.LLVMAddAttributeAtIndex(self.ref, at, attribute)

    def string_attribute(self, key: str) -> str | None:
        """The value of a string attribute of the function, if it has it."""
        raw = key.encode()
        ref = self.llvm.LLVMGetStringAttributeAtIndex(self.ref, FUNCTION, raw, len(raw))
        if not ref:
            return None
        size = ctypes.c_uint()
        at = self.llvm.LLVMGetStringAttributeValue(ref, ctypes.byref(size))
        return ctypes.string_at(at, size.value).decode()

    def set_string_attribute(self, key: str, value: str = "") -> None:
        """Add or replace a string attribute of the function."""
        context = self.llvm.LLVMGetTypeContext(self.type.ref)
        name, raw = key.encode(), value.encode()
        attribute = self.llvm.LLVMCreateStringAttribute(context, name, len(name), raw, len(raw))
        self.llvm.LLVMAddAttributeAtIndex(self.ref, FUNCTION, attribute)


def attribute_kind(llvm: LibLLVM, name: str) -> int:
    """Number an enum attribute; 0 when this LLVM does not know it."""
    raw = name.encode()
    return llvm.LLVMGetEnumAttributeKindForName(raw, len(raw))


def metadata_kind(value: Value, name: str) -> int:
    """Number a kind of metadata in the value's context."""
    raw = name.encode()
    return value.llvm.LLVMGetMDKindIDInContext(value.llvm.LLVMGetTypeContext(value.type.ref), raw, len(raw))
