"""What one arm of a merge alone is computed for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cargo_autodiff.ir.kinds import Opcode
from cargo_autodiff.ir.rules.kept_apart import keep_apart
from ir.reading import function

if TYPE_CHECKING:
    from ir.reading import Ir

TEXT = """
define double @f(double %word, i1 %flag) {
entry:
  %sum = fadd double %word, 1.0
  %alone = fmul double %word, 3.0
  br i1 %flag, label %then, label %end
then:
  %product = fmul double %sum, %alone
  br label %end
end:
  %merged = phi double [ %product, %then ], [ %sum, %entry ]
  ret double %merged
}
"""


def test_what_another_arm_is_stays_where_it_is(ir: Ir) -> None:
    module = ir.parse(TEXT)
    keep_apart([function(module, "f").parameters[0]])
    module.verify("the test")
    entry, then, _ = function(module, "f").blocks
    assert [one.name for one in entry.instructions] == ["sum", ""]
    assert [one.opcode for one in then.instructions].count(Opcode.FMUL) == 2
