"""The closure of a function: everything it reaches through symbols, cut out of its module and put back."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Linkage, TypeKind
from cargo_autodiff.ir.value import Value
from cargo_autodiff.named import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cargo_autodiff.ir.libllvm import LibLLVM
    from cargo_autodiff.ir.module import Module
    from cargo_autodiff.ir.value import Global


def graft(host: Module, derivatives: Mapping[str, Module]) -> None:
    """Give placeholders of the host, by name, the bodies of derivatives, which are used up.

    Mutable statics stay the host's own: the derivatives only declare them.
    """
    given = {target: derivative for target, derivative in derivatives.items() if host.function(target) is not None}
    if not given:
        return
    for derivative in given.values():
        _make_private(derivative)
    emptied = [_Emptied.of(host, target) for target in given]
    lent = [variable for derivative in given.values() for variable in _lend(host, derivative)]
    host.link(_joined(list(given.values())))
    for variable, linkage in lent:
        variable.set_linkage(linkage)
    for placeholder in emptied:
        placeholder.restore(host)


def _make_private(derivative: Module) -> None:
    """Give what only a derivative uses names that are not Rust's: other crates may hold the same derivative."""
    for function in derivative.definitions():
        if function.is_local:
            function.name += ".derivative"


class _Emptied(Frozen):
    """A placeholder that waits for its body, and how it was seen before."""

    target: str
    linkage: int
    visibility: int

    @classmethod
    def of(cls, host: Module, target: str) -> _Emptied:
        """Empty a placeholder."""
        placeholder = host.function(target)
        if placeholder is None:
            raise KeyError(target)
        emptied = cls(
            target=target, linkage=placeholder.linkage, visibility=host.llvm.LLVMGetVisibility(placeholder.ref)
        )
        placeholder.clear()
        placeholder.allow_inlining()
        placeholder.set_linkage(Linkage.EXTERNAL, hidden=True)
        return emptied

    def restore(self, host: Module) -> None:
        """Let the function that has come in its place be seen as it was; weak stays weak: others may hold it too."""
        grafted = host.function(self.target)
        if grafted is None:
            return
        if self.linkage in (Linkage.INTERNAL, Linkage.PRIVATE):
            grafted.set_linkage(Linkage.INTERNAL)
        else:
            host.llvm.LLVMSetLinkage(grafted.ref, self.linkage)
            host.llvm.LLVMSetVisibility(grafted.ref, self.visibility)


def _joined(modules: list[Module]) -> Module:
    """Link modules into one, pair by pair: a link costs as much as what is there already, so one after the other would
    cost n² for n modules.
    """
    while len(modules) > 1:
        for first, second in zip(modules[::2], modules[1::2], strict=False):
            first.link(second)
        modules = modules[::2]
    return modules[0]


def rename(module: Module, names: Mapping[str, str]) -> None:
    """Give symbols other names, all at once; a private symbol that has one of them already makes way."""
    found = {new: item for old, new in names.items() if (item := module.symbol(old))}
    for item in found.values():
        item.name = ""
    for new, item in found.items():
        other = module.symbol(new)
        if other is not None:
            other.name = ""
        item.name = new


def needs_of(module: Module) -> dict[int, list[int]]:
    """Say which globals each global mentions, as LLVM references.

    Built from the uses of each global, which is far cheaper than from the operands of every instruction.
    """
    needs: dict[int, list[int]] = {}
    for item in [*module.functions(), *module.variables(), *module.aliases()]:
        for owner in _owners(module.llvm, item.ref):
            needs.setdefault(owner, []).append(item.ref)
    return needs


def reached(module: Module, roots: Sequence[str]) -> set[int]:
    """Find the globals that the roots reach, themselves included, as LLVM references."""
    needs = needs_of(module)
    todo = [function.ref for name in roots if (function := module.function(name))]
    todo += [module.llvm.LLVMAliasGetAliasee(alias.ref) for alias in module.aliases()]
    found: set[int] = set()
    while todo:
        ref = todo.pop()
        if ref not in found:
            found.add(ref)
            todo += needs.get(ref, ())
    return found


def _owners(llvm: LibLLVM, value: int) -> set[int]:
    """Find the globals whose body or initialiser mentions a value, through constants of any depth.

    On bare references: this is done for every use of every global of a crate.
    """
    todo, users, owners = [value], set[int](), set[int]()
    while todo:
        use = llvm.LLVMGetFirstUse(todo.pop())
        while use:
            user = llvm.LLVMGetUser(use)
            use = llvm.LLVMGetNextUse(use)
            if user in users:
                continue
            users.add(user)
            if block := llvm.LLVMIsAInstruction(user) and llvm.LLVMGetInstructionParent(user):
                owners.add(llvm.LLVMGetBasicBlockParent(block))
            elif llvm.LLVMIsAGlobalValue(user):
                owners.add(user)
            else:
                todo.append(user)
    return owners


def keep(module: Module, roots: Sequence[str]) -> None:
    """Remove everything that the roots do not reach."""
    kept = reached(module, roots)
    llvm = module.llvm
    functions = [item for item in module.functions() if item.ref not in kept]
    variables = [item for item in module.variables() if item.ref not in kept]
    for item in [*functions, *variables]:
        item.replace_uses(Value(llvm, llvm.LLVMGetUndef(item.type.ref)))
    for function in functions:
        llvm.LLVMDeleteFunction(function.ref)
    for variable in variables:
        llvm.LLVMDeleteGlobal(variable.ref)


def close(module: Module) -> None:
    """Leave nothing that another module could see or change."""
    divide_statics(module)
    for function in module.definitions():
        own(function)
    for alias in module.aliases():
        alias.set_linkage(Linkage.INTERNAL)


def divide_statics(module: Module) -> None:
    """Own what is constant; leave what can change to the module that defines it."""
    for variable in module.variables():
        if variable.is_declaration:
            continue
        if module.llvm.LLVMIsGlobalConstant(variable.ref):
            own(variable)
        else:
            borrow(variable)


def own(item: Global) -> None:
    """Make it this module's alone."""
    item.llvm.LLVMSetComdat(item.ref, None)
    if not item.is_local:
        item.set_linkage(Linkage.INTERNAL)


def borrow(variable: Global) -> None:
    """Leave a variable to the module it came from, and only declare it here."""
    llvm = variable.llvm
    llvm.LLVMSetComdat(variable.ref, None)
    variable.set_linkage(Linkage.EXTERNAL, hidden=True)
    llvm.LLVMSetInitializer(variable.ref, None)


def _lend(host: Module, derivative: Module) -> list[tuple[Global, Linkage]]:
    """Make the host's private statics visible to the derivative's declarations; return what to hide again."""
    lent = []
    for needed in derivative.variables():
        if not needed.is_declaration:
            continue
        static = host.variable(needed.name)
        if static is not None and static.is_local:
            lent.append((static, Linkage(static.linkage)))
            static.set_linkage(Linkage.EXTERNAL, hidden=True)
    return lent


def undefined(module: Module) -> set[str]:
    """Name the functions that a module calls and does not define, intrinsics left out."""
    return {item.name for item in module.functions() if item.is_declaration and not item.is_intrinsic}


def constant_bytes(module: Module, value: Value) -> tuple[bytes, dict[int, Value]]:
    """Flatten a constant: its bytes (zero where a pointer stands), and the pointers by offset in bytes."""
    llvm = module.llvm
    layout = llvm.LLVMGetModuleDataLayout(module.ref)
    number = value.constant_int()
    size = llvm.LLVMABISizeOfType(layout, value.type.ref)
    if number is not None:
        return number.to_bytes(size, "little"), {}
    array = value.type.kind is TypeKind.ARRAY
    if array and llvm.LLVMIsAConstantDataSequential(value.ref) and size == llvm.LLVMGetArrayLength(value.type.ref):
        length = ctypes.c_size_t()
        at = llvm.LLVMGetAsString(value.ref, ctypes.byref(length))
        return ctypes.string_at(at, length.value), {}
    if not value.type.members:
        return bytes(size), {} if llvm.LLVMIsNull(value.ref) else {0: value}
    data, index = b"", 0
    pointers: dict[int, Value] = {}
    while len(data) < size and (part := llvm.LLVMGetAggregateElement(value.ref, index)):
        inner, found = constant_bytes(module, Value(llvm, part))
        pointers |= {len(data) + offset: pointer for offset, pointer in found.items()}
        data += inner
        index += 1
    return data.ljust(size, b"\0"), pointers
