"""Functions with nested loops that are left from anywhere, drawn from a seed: IR as a front end writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_DEPTH = 5
_HEAD = """
define double @{name}(ptr %x, i64 %n, i64 %m) {{
  %a = alloca double
  %b = alloca double
  store double 1.0, ptr %a
  store double 2.0, ptr %b
"""


def random_function(name: str, random: Random) -> str:
    """Draw a function `double name(const double x[8], long n, long m)` that ends for all inputs."""
    writer = _Writer(random)
    writer.block(3)
    writer.leave()
    return (
        _HEAD.format(name=name)
        + "".join(f"  {line}\n" if line[-1] != ":" else f"{line}\n" for line in writer.lines)
        + "}\n"
    )


class _Writer:
    """Writes statements; `loops` holds the labels of each loop around: where `continue` and `break` go."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.lines: list[str] = []
        self.loops: list[tuple[str, str]] = []
        self.depth = 0
        self.number = 0

    def new(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def put(self, *lines: str) -> None:
        self.lines += lines

    def block(self, most: int) -> bool:
        """Write statements; tell whether the end of the block is reached."""
        return all(self.statement() for _ in range(self.random.randint(1, most)))

    def statement(self) -> bool:
        kinds = ["compute", "branch", "switch"] if self.loops else ["compute"]
        if len(self.loops) < 3:
            kinds += ["loop", "loop"]
        return bool(getattr(self, "compute" if self.depth >= _DEPTH else self.random.choice(kinds))())

    def compute(self) -> bool:
        """A slot becomes half of itself and an element."""
        slot, index = self.random.choice("ab"), self.random.randrange(8)
        at, element, old, half, new = (self.new("v") for _ in range(5))
        self.put(
            f"%{at} = getelementptr double, ptr %x, i64 {index}",
            f"%{element} = load double, ptr %{at}",
            f"%{old} = load double, ptr %{slot}",
            f"%{half} = fmul double %{old}, 5.0e-1",
            f"%{new} = fadd double %{half}, %{element}",
            f"store double %{new}, ptr %{self.random.choice('ab')}",
        )
        return True

    def branch(self) -> bool:
        value, condition = self.new("v"), self.new("v")
        then, otherwise, after = self.new("then"), self.new("else"), self.new("after")
        self.put(
            f"%{value} = load double, ptr %{self.random.choice('ab')}",
            f"%{condition} = fcmp ogt double %{value}, {self.random.uniform(-2, 4):.3f}",
            f"br i1 %{condition}, label %{then}, label %{otherwise}",
        )
        return self.arms([then, otherwise], after)

    def switch(self) -> bool:
        value, number, small = (self.new("v") for _ in range(3))
        arms, after = [self.new("case") for _ in range(4)], self.new("after")
        cases = " ".join(f"i64 {index}, label %{arm}" for index, arm in enumerate(arms[1:]))
        self.put(
            f"%{value} = load double, ptr %{self.random.choice('ab')}",
            f"%{number} = fptosi double %{value} to i64",
            f"%{small} = and i64 %{number}, 3",
            f"switch i64 %{small}, label %{arms[0]} [ {cases} ]",
        )
        return self.arms(arms, after)

    def arms(self, labels: list[str], after: str) -> bool:
        self.depth += 1
        ends = False
        for label in labels:
            self.put(f"{label}:")
            if self.random.random() < 0.4 and self.compute():
                self.jump()
            elif self.block(2):
                self.put(f"br label %{after}")
                ends = True
        self.depth -= 1
        if ends:
            self.put(f"{after}:")
        return ends

    def loop(self) -> bool:
        counter, head, body, step, out = (self.new(kind) for kind in ("i", "head", "body", "step", "out"))
        limit, now, more, then = (self.new("v") for _ in range(4))
        self.put(
            f"%{counter} = alloca i64",
            f"store i64 0, ptr %{counter}",
            f"%{limit} = add i64 %{self.random.choice('nm')}, {self.random.randint(0, 2)}",
            f"br label %{head}",
            f"{head}:",
            f"%{now} = load i64, ptr %{counter}",
            f"%{more} = icmp ult i64 %{now}, %{limit}",
            f"br i1 %{more}, label %{body}, label %{out}",
            f"{body}:",
        )
        self.loops.append((step, out))
        self.depth += 1
        if self.block(3):
            self.put(f"br label %{step}")
        self.depth -= 1
        self.loops.pop()
        self.put(
            f"{step}:",
            f"%{then} = load i64, ptr %{counter}",
            f"%{then}n = add i64 %{then}, 1",
            f"store i64 %{then}n, ptr %{counter}",
            f"br label %{head}",
            f"{out}:",
        )
        return True

    def jump(self) -> None:
        """Return, or break or continue any loop around."""
        if self.random.random() < 0.25:
            self.leave()
        else:
            self.put(f"br label %{self.random.choice(self.random.choice(self.loops))}")

    def leave(self) -> None:
        first, second, result = (self.new("v") for _ in range(3))
        self.put(
            f"%{first} = load double, ptr %a",
            f"%{second} = load double, ptr %b",
            f"%{result} = fsub double %{first}, %{second}",
            f"ret double %{result}",
        )
