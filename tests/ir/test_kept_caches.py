"""The memory of caches waits for the next call."""

from __future__ import annotations

import ctypes
import random
import threading
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.ir.asking import MARKER
from cargo_autodiff.ir.module import Module
from cargo_autodiff.rust.rules import kept_caches
from ir.reading import callees, function

if TYPE_CHECKING:
    from ir.reading import Ir

MIB = 1 << 20
DERIVATIVE = """
define void @df(i64 %n) {mark} {{
  %cache = call ptr @malloc(i64 %n)
  %grown = call ptr @realloc(ptr %cache, i64 %n)
  call void @free(ptr %grown)
  ret void
}}
declare ptr @malloc(i64)
declare ptr @realloc(ptr, i64)
declare void @free(ptr)
"""


class Memory:
    """The functions, loaded."""

    def __init__(self, ir: Ir) -> None:
        text = kept_caches.FUNCTIONS.read_text().replace("linkonce_odr hidden ", "")
        self._library = ir.library(Module.parse(ir.llvm, ir.context, text.encode(), "kept_caches.ll"))
        self.malloc, self.realloc, self.free = (
            self._library[f"__cargo_autodiff_kept_{name}"] for name in ("malloc", "realloc", "free")
        )
        self.malloc.restype = self.realloc.restype = ctypes.c_void_p
        self.malloc.argtypes = [ctypes.c_size_t]
        self.realloc.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
        self.free.argtypes = [ctypes.c_void_p]

    @property
    def waiting(self) -> int:
        """How many bytes wait."""
        return ctypes.c_int64.in_dll(self._library, "__cargo_autodiff_kept_bytes").value


class TestMemory:
    @pytest.mark.parametrize("size", [4096, 5000, 8191, 65536, 1_000_000, 40 * MIB])
    def test_that_is_given_back_is_got_again(self, ir: Ir, size: int) -> None:
        memory = Memory(ir)
        first = memory.malloc(size)
        memory.free(first)

        assert memory.waiting >= size
        assert memory.malloc(size) == first
        assert memory.waiting == 0

    def test_is_as_large_as_was_asked_for(self, ir: Ir) -> None:
        memory = Memory(ir)
        usable = ctypes.CDLL(None).malloc_usable_size
        usable.restype, usable.argtypes = ctypes.c_size_t, [ctypes.c_void_p]
        sizes = [random.Random(1).randrange(1, 100_000) for _ in range(2000)]  # noqa: S311 - not for secrets
        for size in sizes:
            block = memory.malloc(size)
            assert usable(block) >= size
            memory.free(block)

    def test_of_small_caches_does_not_wait(self, ir: Ir) -> None:
        memory = Memory(ir)
        memory.free(memory.malloc(1000))

        assert memory.waiting == 0

    def test_of_more_than_the_most_does_not_wait(self, ir: Ir) -> None:
        memory = Memory(ir)
        for block in [memory.malloc(40 * MIB) for _ in range(10)]:
            memory.free(block)

        assert 200 * MIB < memory.waiting <= 256 * MIB

    def test_that_grows_keeps_what_is_in_it(self, ir: Ir) -> None:
        memory = Memory(ir)
        block = memory.realloc(None, 100)
        ctypes.memmove(block, b"what is in it", 13)
        for size in (4000, 5000, 100_000):
            block = memory.realloc(block, size)

        assert ctypes.string_at(block, 13) == b"what is in it"

    def test_that_grows_goes_on_where_it_grew_to_before(self, ir: Ir) -> None:
        memory = Memory(ir)
        large = memory.malloc(MIB)
        memory.free(large)
        block = memory.malloc(100)
        ctypes.memmove(block, b"what is in it", 13)

        assert memory.realloc(block, 5000) == large
        assert memory.realloc(large, MIB - 100) == large
        assert ctypes.string_at(large, 13) == b"what is in it"

    def test_does_not_become_more_from_call_to_call(self, ir: Ir) -> None:
        memory = Memory(ir)

        def call() -> int:
            growing = [None] * 4
            blocks = []
            for step in range(12):
                growing = [memory.realloc(block, (number + 3) * 100 << step) for number, block in enumerate(growing)]
                blocks.append(memory.malloc(5000 * (step + 1)))
            for block in (*growing, *blocks):
                memory.free(block)
            return memory.waiting

        waiting = [call() for _ in range(30)]

        assert len(set(waiting[10:])) == 1

    def test_has_one_owner_at_a_time(self, ir: Ir) -> None:
        memory = Memory(ir)
        broken = []

        def work(number: int) -> None:
            chance = random.Random(number)  # noqa: S311 - not for secrets
            mine: list[int] = []
            for _ in range(20_000):
                if mine and chance.random() < 0.5:
                    block = mine.pop(chance.randrange(len(mine)))
                    if ctypes.string_at(block + 64, 8) != number.to_bytes(8, "little"):
                        broken.append(block)
                    memory.free(block)
                else:
                    mine.append(memory.malloc(chance.choice((4096, 5000, 6000))))
                    ctypes.memmove(mine[-1] + 64, number.to_bytes(8, "little"), 8)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert not broken


class TestRule:
    def test_caches_of_rust_wait(self, ir: Ir) -> None:
        got = ir.apply(kept_caches.RULE, DERIVATIVE.format(mark='"cargo-autodiff-rust"'))

        assert callees(got, "df") == [f"__cargo_autodiff_kept_{name}" for name in ("malloc", "realloc", "free")]
        assert not function(got, "__cargo_autodiff_kept_malloc").is_declaration

    def test_memory_of_c_is_the_program_s_own(self, ir: Ir) -> None:
        assert ir.unchanged(kept_caches.RULE, DERIVATIVE.format(mark=""))

    def test_a_placeholder_marks_its_unit(self, ir: Ir) -> None:
        text = f"define void @df() {{\n call void @{MARKER}(ptr null)\n ret void\n}}\ndeclare void @{MARKER}(ptr)"

        assert function(ir.apply(kept_caches.MARK, text), "df").string_attribute("cargo-autodiff-rust") == ""
