"""Functions of std that carry no derivative: they print, format into a sink or panic.

A table in Python because it is asked in every build with derivatives: to read one in TOML takes 7 ms.
"""

from __future__ import annotations

INACTIVE: tuple[tuple[str, ...], ...] = (
    # prints to stdout or stderr
    ("3std2io5stdio", "print"),
    # formats into a sink that a caller made; text carries no derivative
    ("4core3fmt", "write"),
    # formats a value
    ("4core3fmt", "3fmt"),
    # builds debug output
    ("4core3fmt8builders",),
    # marks that the allocator shim is linked
    ("__rust_no_alloc_shim_is_unstable",),
    # chooses the length of runs from the length of a slice: integers only
    ("4core5slice4sort6stable5drift", "sqrt_approx"),
    # waits for a lock, or wakes who waits: its state is an integer, what it guards lies beside it
    ("3std3sys4sync5mutex5futex",),
    # waits for a lock that readers share, or wakes who waits
    ("3std3sys4sync6rwlock5futex",),
    # asks whether this thread panics, so that a lock is poisoned
    ("3std9panicking11panic_count",),
)
"""A name matches when it holds all of a row: path segments as both manglings write them, length and name."""
