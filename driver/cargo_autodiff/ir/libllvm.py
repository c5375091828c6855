"""The C API of one libLLVM, through ctypes; works on LLVM 15 to 22.

Loading takes 20 to 160 ms, so it happens once, in the child process that does all work on IR (pipeline/worker.py).
Names, meaning and ownership of every function: llvm-c/*.h of the LLVM project.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

from cargo_autodiff.errors import ToolsetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_TYPES = {
    "p": ctypes.c_void_p,
    "i": ctypes.c_int,
    "u": ctypes.c_uint,
    "U": ctypes.c_ulonglong,
    "z": ctypes.c_size_t,
    "d": ctypes.c_double,
    "s": ctypes.c_char_p,
    "v": None,
}

# result:arguments, one letter each as in _TYPES
_SIGNATURES = {
    # contexts, modules, buffers
    "LLVMContextCreate": "p:",
    "LLVMContextDispose": "v:p",
    "LLVMContextSetOpaquePointers": "v:pi",
    "LLVMDisposeMessage": "v:p",
    "LLVMCreateMemoryBufferWithContentsOfFile": "i:spp",
    "LLVMParseIRInContext": "i:pppp",
    "LLVMGetBitcodeModuleInContext2": "i:ppp",
    "LLVMCreateMemoryBufferWithMemoryRangeCopy": "p:szs",
    "LLVMModuleCreateWithNameInContext": "p:sp",
    "LLVMDisposeModule": "v:p",
    "LLVMPrintModuleToString": "p:p",
    "LLVMWriteBitcodeToMemoryBuffer": "p:p",
    "LLVMGetBufferStart": "p:p",
    "LLVMGetBufferSize": "z:p",
    "LLVMDisposeMemoryBuffer": "v:p",
    "LLVMVerifyModule": "i:pip",
    "LLVMVerifyFunction": "i:pi",
    "LLVMLinkModules2": "i:pp",
    "LLVMGetSourceFileName": "s:pp",
    "LLVMSetSourceFileName": "v:psz",
    "LLVMGetTarget": "s:p",
    "LLVMSetTarget": "v:ps",
    "LLVMGetDataLayoutStr": "s:p",
    "LLVMSetDataLayout": "v:ps",
    "LLVMGetModuleDataLayout": "p:p",
    "LLVMABISizeOfType": "U:pp",
    "LLVMOffsetOfElement": "U:ppu",
    "LLVMGetModuleInlineAsm": "s:pp",
    "LLVMAppendModuleInlineAsm": "v:psz",
    "LLVMStripModuleDebugInfo": "i:p",
    "LLVMPrintValueToString": "p:p",
    # types
    "LLVMTypeOf": "p:p",
    "LLVMGetTypeContext": "p:p",
    "LLVMGetTypeKind": "i:p",
    "LLVMGlobalGetValueType": "p:p",
    "LLVMGetReturnType": "p:p",
    "LLVMFunctionType": "p:ppui",
    "LLVMGetElementType": "p:p",
    "LLVMCountStructElementTypes": "u:p",
    "LLVMStructGetTypeAtIndex": "p:pu",
    "LLVMGetArrayLength": "u:p",
    "LLVMGetIntTypeWidth": "u:p",
    "LLVMPointerTypeInContext": "p:pu",
    "LLVMIntTypeInContext": "p:pu",
    "LLVMVoidTypeInContext": "p:p",
    "LLVMArrayType": "p:pu",
    "LLVMVectorType": "p:pu",
    "LLVMGetVectorSize": "u:p",
    "LLVMFloatTypeInContext": "p:p",
    "LLVMDoubleTypeInContext": "p:p",
    "LLVMStructTypeInContext": "p:ppui",
    "LLVMPointerType": "p:pu",
    # globals
    "LLVMGetFirstFunction": "p:p",
    "LLVMGetNextFunction": "p:p",
    "LLVMGetFirstGlobal": "p:p",
    "LLVMGetNextGlobal": "p:p",
    "LLVMGlobalSetMetadata": "v:pup",
    "LLVMInsertIntoBuilder": "v:pp",
    "LLVMGetFirstGlobalAlias": "p:p",
    "LLVMGetNextGlobalAlias": "p:p",
    "LLVMAliasGetAliasee": "p:p",
    "LLVMGetNamedFunction": "p:ps",
    "LLVMGetNamedGlobal": "p:ps",
    "LLVMAddFunction": "p:psp",
    "LLVMAddGlobal": "p:pps",
    "LLVMDeleteFunction": "v:p",
    "LLVMDeleteGlobal": "v:p",
    "LLVMGetInitializer": "p:p",
    "LLVMSetInitializer": "v:pp",
    "LLVMIsGlobalConstant": "i:p",
    "LLVMSetGlobalConstant": "v:pi",
    "LLVMIsDeclaration": "i:p",
    "LLVMGetLinkage": "i:p",
    "LLVMSetLinkage": "v:pi",
    "LLVMGetVisibility": "i:p",
    "LLVMSetVisibility": "v:pi",
    "LLVMSetComdat": "v:pp",
    "LLVMGetGlobalParent": "p:p",
    "LLVMIsThreadLocal": "i:p",
    "LLVMGetSection": "s:p",
    "LLVMSetSection": "v:ps",
    # functions
    "LLVMCountBasicBlocks": "u:p",
    "LLVMCountParams": "u:p",
    "LLVMGetParam": "p:pu",
    "LLVMGetFunctionCallConv": "u:p",
    "LLVMSetFunctionCallConv": "v:pu",
    "LLVMGetIntrinsicID": "u:p",
    "LLVMGetPersonalityFn": "p:p",
    "LLVMHasPersonalityFn": "i:p",
    "LLVMSetPersonalityFn": "v:pp",
    "LLVMGetSubprogram": "p:p",
    "LLVMSetSubprogram": "v:pp",
    # attributes
    "LLVMGetEnumAttributeKindForName": "u:sz",
    "LLVMCreateEnumAttribute": "p:puU",
    "LLVMCreateStringAttribute": "p:psusu",
    "LLVMAddAttributeAtIndex": "v:pup",
    "LLVMGetAttributeCountAtIndex": "u:pu",
    "LLVMGetAttributesAtIndex": "v:pup",
    "LLVMGetEnumAttributeAtIndex": "p:puu",
    "LLVMGetEnumAttributeValue": "U:p",
    "LLVMGetStringAttributeAtIndex": "p:pusu",
    "LLVMGetStringAttributeValue": "p:pp",
    "LLVMGetTypeAttributeValue": "p:p",
    "LLVMRemoveEnumAttributeAtIndex": "v:puu",
    "LLVMAddCallSiteAttribute": "v:pup",
    "LLVMGetCallSiteEnumAttribute": "p:puu",
    "LLVMGetCallSiteAttributeCount": "u:pu",
    "LLVMGetCallSiteAttributes": "v:pup",
    "LLVMRemoveCallSiteEnumAttribute": "v:puu",
    # blocks and instructions
    "LLVMGetFirstBasicBlock": "p:p",
    "LLVMGetNextBasicBlock": "p:p",
    "LLVMGetEntryBasicBlock": "p:p",
    "LLVMAppendBasicBlockInContext": "p:pps",
    "LLVMBasicBlockAsValue": "p:p",
    "LLVMDeleteBasicBlock": "v:p",
    "LLVMGetBasicBlockTerminator": "p:p",
    "LLVMGetBasicBlockParent": "p:p",
    "LLVMGetFirstInstruction": "p:p",
    "LLVMGetNextInstruction": "p:p",
    "LLVMGetInstructionParent": "p:p",
    "LLVMGetInstructionOpcode": "i:p",
    "LLVMInstructionClone": "p:p",
    "LLVMInstructionEraseFromParent": "v:p",
    "LLVMInstructionRemoveFromParent": "v:p",
    "LLVMInstructionGetDebugLoc": "p:p",
    "LLVMInstructionSetDebugLoc": "v:pp",
    "LLVMGetNumSuccessors": "u:p",
    "LLVMGetSuccessor": "p:pu",
    "LLVMSetSuccessor": "v:pup",
    "LLVMGetCalledValue": "p:p",
    "LLVMGetNumArgOperands": "u:p",
    "LLVMGetCalledFunctionType": "p:p",
    "LLVMGetAtomicRMWBinOp": "i:p",
    "LLVMGetNormalDest": "p:p",
    "LLVMGetUnwindDest": "p:p",
    "LLVMSetNormalDest": "v:pp",
    "LLVMSetInstructionCallConv": "v:pu",
    "LLVMGetInstructionCallConv": "u:p",
    "LLVMCountIncoming": "u:p",
    "LLVMGetIncomingBlock": "p:pu",
    "LLVMGetIncomingValue": "p:pu",
    "LLVMAddIncoming": "v:pppu",
    "LLVMSetAlignment": "v:pu",
    "LLVMSetTailCall": "v:pi",
    "LLVMGetAlignment": "u:p",
    "LLVMGetOrdering": "i:p",
    "LLVMGetVolatile": "i:p",
    "LLVMGetGEPSourceElementType": "p:p",
    "LLVMGetNumIndices": "u:p",
    "LLVMGetIndices": "p:p",
    # values
    "LLVMGetValueName2": "p:pp",
    "LLVMSetValueName2": "v:psz",
    "LLVMGetFirstUse": "p:p",
    "LLVMGetNextUse": "p:p",
    "LLVMGetUser": "p:p",
    "LLVMReplaceAllUsesWith": "v:pp",
    "LLVMGetNumOperands": "i:p",
    "LLVMGetOperand": "p:pu",
    "LLVMSetOperand": "v:pup",
    "LLVMGetUndef": "p:p",
    "LLVMGetPoison": "p:p",
    "LLVMConstNull": "p:p",
    "LLVMConstStructInContext": "p:ppui",
    "LLVMConstGEP2": "p:pppu",
    "LLVMConstInt": "p:pUi",
    "LLVMConstRealOfString": "p:ps",
    "LLVMConstBitCast": "p:pp",
    "LLVMConstIntToPtr": "p:pp",
    "LLVMConstIntGetZExtValue": "U:p",
    "LLVMIsConstant": "i:p",
    "LLVMIsNull": "i:p",
    "LLVMIsUndef": "i:p",
    "LLVMGetAllocatedType": "p:p",
    "LLVMIsAInstruction": "p:p",
    "LLVMIsAGlobalValue": "p:p",
    "LLVMIsAFunction": "p:p",
    "LLVMIsAInlineAsm": "p:p",
    "LLVMGetICmpPredicate": "i:p",
    "LLVMIsAConstantFP": "p:p",
    "LLVMIsAConstantInt": "p:p",
    "LLVMIsAConstantExpr": "p:p",
    "LLVMIsABlockAddress": "p:p",
    "LLVMIsAGlobalAlias": "p:p",
    "LLVMIsAGlobalVariable": "p:p",
    "LLVMGetConstOpcode": "i:p",
    "LLVMIsAConstantDataSequential": "p:p",
    "LLVMGetAsString": "p:pp",
    "LLVMGetAggregateElement": "p:pu",
    # metadata and debug info
    "LLVMGetMDKindIDInContext": "u:psu",
    "LLVMGetMetadata": "p:pu",
    "LLVMSetMetadata": "v:pup",
    "LLVMAddNamedMetadataOperand": "v:psp",
    "LLVMGetNamedMetadataNumOperands": "u:ps",
    "LLVMMDStringInContext2": "p:psz",
    "LLVMMDNodeInContext2": "p:ppz",
    "LLVMMetadataAsValue": "p:pp",
    "LLVMValueAsMetadata": "p:p",
    "LLVMGetMDString": "p:pp",
    "LLVMDISubprogramGetLine": "u:p",
    "LLVMDIScopeGetFile": "p:p",
    "LLVMDIFileGetDirectory": "p:pp",
    "LLVMDIFileGetFilename": "p:pp",
    "LLVMDILocationGetLine": "u:p",
    "LLVMDILocationGetColumn": "u:p",
    "LLVMDILocationGetScope": "p:p",
    "LLVMDILocationGetInlinedAt": "p:p",
    "LLVMGetMetadataKind": "u:p",
    "LLVMGetMDNodeNumOperands": "u:p",
    "LLVMGetMDNodeOperands": "v:pp",
    "LLVMDITypeGetSizeInBits": "U:p",
    "LLVMDITypeGetOffsetInBits": "U:p",
    # builder
    "LLVMCreateBuilderInContext": "p:p",
    "LLVMDisposeBuilder": "v:p",
    "LLVMPositionBuilderBefore": "v:pp",
    "LLVMPositionBuilderAtEnd": "v:pp",
    "LLVMBuildCall2": "p:pppp" + "us",
    "LLVMBuildInvoke2": "p:pppp" + "upps",
    "LLVMBuildExtractValue": "p:ppus",
    "LLVMBuildInsertValue": "p:pppus",
    "LLVMInsertIntoBuilderWithName": "v:pps",
    "LLVMBuildRet": "p:pp",
    "LLVMBuildRetVoid": "p:p",
    "LLVMBuildBr": "p:pp",
    "LLVMBuildCondBr": "p:pppp",
    "LLVMBuildUnreachable": "p:p",
    "LLVMBuildPhi": "p:pps",
    "LLVMBuildStore": "p:ppp",
    "LLVMBuildLoad2": "p:ppps",
    "LLVMBuildAlloca": "p:pps",
    "LLVMBuildGEP2": "p:ppppus",
    "LLVMBuildICmp": "p:pipps",
    "LLVMBuildFCmp": "p:pipps",
    "LLVMBuildSelect": "p:pppps",
    "LLVMBuildBitCast": "p:ppps",
    "LLVMBuildIntCast2": "p:pppis",
    "LLVMBuildAdd": "p:ppps",
    "LLVMBuildFAdd": "p:ppps",
    "LLVMBuildFSub": "p:ppps",
    "LLVMBuildFMul": "p:ppps",
    "LLVMBuildMul": "p:ppps",
    "LLVMBuildPtrToInt": "p:ppps",
    "LLVMBuildAnd": "p:ppps",
    "LLVMBuildOr": "p:ppps",
    # passes and code generators
    "LLVMParseCommandLineOptions": "v:ips",
    "LLVMCreatePassBuilderOptions": "p:",
    "LLVMDisposePassBuilderOptions": "v:p",
    "LLVMPassBuilderOptionsSetLoopUnrolling": "v:pi",
    "LLVMPassBuilderOptionsSetLoopInterleaving": "v:pi",
    "LLVMPassBuilderOptionsSetMergeFunctions": "v:pi",
    "LLVMRunPasses": "p:pspp",
    "LLVMGetErrorMessage": "p:p",
    "LLVMGetTargetFromTriple": "i:spp",
    "LLVMCreateTargetMachine": "p:psssiii",
    "LLVMDisposeTargetMachine": "v:p",
    "LLVMTargetMachineEmitToMemoryBuffer": "i:ppipp",
    "LLVMInitializeX86TargetInfo": "v:",
    "LLVMInitializeX86Target": "v:",
    "LLVMInitializeX86TargetMC": "v:",
    "LLVMInitializeX86AsmPrinter": "v:",
    "LLVMInitializeX86AsmParser": "v:",
    "LLVMInitializeAArch64TargetInfo": "v:",
    "LLVMInitializeAArch64Target": "v:",
    "LLVMInitializeAArch64TargetMC": "v:",
    "LLVMInitializeAArch64AsmPrinter": "v:",
    "LLVMInitializeAArch64AsmParser": "v:",
}


class LibLLVM:
    """One loaded libLLVM. Each C function is an attribute; one that is not in the table is an AttributeError."""

    def __init__(self, path: Path, major: int) -> None:
        self.path = path
        self.major = major
        try:
            self._library = ctypes.CDLL(str(path))
        except OSError as error:
            raise ToolsetError(
                "libLLVM cannot be loaded", where=str(path), why=str(error), hint="run `cargo autodiff doctor`"
            ) from None

    def __getattr__(self, name: str) -> Callable[..., int]:
        signature = _SIGNATURES.get(name)
        if signature is None or not hasattr(self._library, name):
            raise AttributeError(name)
        result, arguments = signature.split(":")
        function = getattr(self._library, name)
        function.restype = _TYPES[result]
        function.argtypes = [_TYPES[letter] for letter in arguments]
        setattr(self, name, function)  # the next call does not come here
        return function  # type: ignore[no-any-return]

    def has(self, name: str) -> bool:
        """Tell whether this LLVM exports a C function (some came with later majors)."""
        return name in _SIGNATURES and hasattr(self._library, name)

    def context(self) -> int:
        """Make a context in which pointers are opaque for whoever asks to dispose."""
        ref = self.LLVMContextCreate()
        if self.major <= 15:
            self.LLVMContextSetOpaquePointers(ref, 1)
        return ref

    def dispose_context(self, ref: int) -> None:
        """Free a context and all that is in it."""
        self.LLVMContextDispose(ref)

    def take_buffer(self, ref: int) -> bytes:
        """Copy a memory buffer that LLVM handed over, and free LLVM's."""
        content = ctypes.string_at(self.LLVMGetBufferStart(ref), self.LLVMGetBufferSize(ref))
        self.LLVMDisposeMemoryBuffer(ref)
        return content

    def take_message(self, ref: int) -> str:
        """Copy a string that LLVM handed over, and free LLVM's."""
        text = ctypes.string_at(ref).decode(errors="replace")
        self.LLVMDisposeMessage(ref)
        return text
