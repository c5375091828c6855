"""Whether bitcode asks for a derivative, before anything reads it as IR: names of symbols stand in it as they are."""

from __future__ import annotations

MARKER = "cargo_autodiff_was_not_run__build_with__cargo_autodiff"
"""The function that every placeholder of an attribute calls; it is a message, for a linker that does not find it."""
REFUSED = "cargo_autodiff_was_refused"
"""What a placeholder calls instead when its derivative was optional and is refused (`autodiff::verify`)."""
ENTRY = "__enzyme_"
"""How the functions begin by which C asks, and Rust that calls Enzyme itself."""


def asks(bitcode: bytes) -> bool:
    """Tell whether it may ask."""
    return MARKER.encode() in bitcode or ENTRY.encode() in bitcode
