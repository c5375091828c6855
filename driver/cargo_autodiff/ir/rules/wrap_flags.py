"""Integer arithmetic that Enzyme wrote may wrap: it promises more than it knows."""

from __future__ import annotations

import re

from cargo_autodiff.ir.module import Module
from cargo_autodiff.ir.rule import Rule

# an instruction's first words; no string and no other entity of a module begins a line like this
_FLAGS = re.compile(r'^( +%(?:[-\w$.]+|"[^"]*") = (?:add|sub|mul|shl) )(?:nuw |nsw )+', re.MULTILINE)


def apply(module: Module) -> None:
    """Drop `nuw` and `nsw`; in the module's text, because the C API of LLVM 15 cannot."""
    text = module.llvm.take_message(module.llvm.LLVMPrintModuleToString(module.ref))
    changed, count = _FLAGS.subn(r"\1", text)
    if count:
        fresh = Module.parse(module.llvm, module.context, changed.encode(), "the derivative")
        module.dispose()
        module.ref = fresh.ref


RULE = Rule(
    name="wrap-flags",
    reason="trip counts come as `add nuw %n, -1`, which is poison: LLVM makes loops of it that never end",
    apply=apply,
)
