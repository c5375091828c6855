"""LLVM's own enumerations, as far as anything here asks for them."""

from __future__ import annotations

from enum import IntEnum


class TypeKind(IntEnum):
    """LLVMTypeKind."""

    VOID = 0
    HALF = 1
    FLOAT = 2
    DOUBLE = 3
    X86_FP80 = 4
    FP128 = 5
    PPC_FP128 = 6
    LABEL = 7
    INTEGER = 8
    FUNCTION = 9
    STRUCT = 10
    ARRAY = 11
    POINTER = 12
    VECTOR = 13
    METADATA = 14
    X86_MMX = 15
    TOKEN = 16
    SCALABLE_VECTOR = 17
    BFLOAT = 18
    X86_AMX = 19
    TARGET_EXT = 20

    @property
    def is_float(self) -> bool:
        """Tell whether a scalar of this kind can carry a derivative."""
        return self in (TypeKind.HALF, TypeKind.FLOAT, TypeKind.DOUBLE, TypeKind.X86_FP80, TypeKind.FP128,
                        TypeKind.PPC_FP128, TypeKind.BFLOAT)  # fmt: skip


class Opcode(IntEnum):
    """The members of LLVMOpcode that some rule asks for."""

    RET = 1
    BR = 2
    SWITCH = 3
    INDIRECTBR = 4
    INVOKE = 5
    UNREACHABLE = 7
    ADD = 8
    FADD = 9
    SUB = 10
    FSUB = 11
    MUL = 12
    FMUL = 13
    UDIV = 14
    SDIV = 15
    FDIV = 16
    UREM = 17
    SREM = 18
    FREM = 19
    SHL = 20
    LSHR = 21
    ASHR = 22
    AND = 23
    OR = 24
    XOR = 25
    ALLOCA = 26
    LOAD = 27
    STORE = 28
    GETELEMENTPTR = 29
    TRUNC = 30
    ZEXT = 31
    SEXT = 32
    UITOFP = 35
    SITOFP = 36
    FPTRUNC = 37
    FPEXT = 38
    PTRTOINT = 39
    INTTOPTR = 40
    BITCAST = 41
    ICMP = 42
    PHI = 44
    CALL = 45
    SELECT = 46
    EXTRACTELEMENT = 50
    INSERTELEMENT = 51
    EXTRACTVALUE = 53
    INSERTVALUE = 54
    CMPXCHG = 56
    ATOMICRMW = 57
    RESUME = 58
    LANDINGPAD = 59
    ADDRSPACECAST = 60
    FNEG = 66
    FREEZE = 68


class Linkage(IntEnum):
    """The members of LLVMLinkage that the driver sets or asks for."""

    EXTERNAL = 0
    AVAILABLE_EXTERNALLY = 1
    LINK_ONCE = 2
    LINK_ONCE_ODR = 3
    WEAK = 5
    WEAK_ODR = 6
    APPENDING = 7
    INTERNAL = 8
    PRIVATE = 9
