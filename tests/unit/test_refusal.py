from __future__ import annotations

import pytest

from cargo_autodiff.errors import ToolFailed
from cargo_autodiff.pipeline.refusal import refusal

UNKNOWN = "error: <unknown>:0:0: in function preprocess_f void (ptr, ptr): Enzyme: "


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        (
            "No augmented forward pass found for _ZN3ex22sq17ha593305d6c6fe8c7E(ex2::sq)",
            "`ex2::sq` has no body here: it is in a crate that does not use std-autodiff",
        ),
        ("No forward mode derivative found for memchr", "`memchr` has no body"),
        ("Cannot deduce type of copy   call void @llvm.memcpy", "type of a copy in it is not known"),
        ("cannot compute with global variable that does not have marked shadow global @G = external", "static `G`"),
        ("active atomic inst not yet handled", "atomic"),
    ],
)
def test_enzymes_words_are_put_into_the_users(said: str, meaning: str) -> None:
    made = refusal(ToolFailed("catalyst exited with 1", why=UNKNOWN + said), "_ZN1a1b6targetE", "src/main.rs:2:1")

    assert meaning in made.why
    assert said.split()[0] in made.why, "Enzyme's own text goes along"
    assert (made.problem, made.where) == ("`a::b` cannot be made", "src/main.rs:2:1")
    assert made.hint


def test_what_is_not_known_is_told_as_it_is() -> None:
    made = refusal(ToolFailed("catalyst was killed by SIGABRT", why="Assertion `x' failed."), "f", "a.rs:1:1")

    assert made.why == "catalyst was killed by SIGABRT: Assertion `x' failed."


def test_a_run_without_end_says_what_to_do() -> None:
    made = refusal(ToolFailed("catalyst did not end within 300 s"), "_ZN1a1b6targetE", "src/main.rs:2:1")

    assert made.why == "catalyst did not end within 300 s"
    assert "make the function smaller" in made.hint


def test_a_function_that_enzyme_stumbles_at_is_named() -> None:
    error = ToolFailed("catalyst exited with 1", why=UNKNOWN + "overwritten_args.size() [0] != todiff->arg_size()")

    made = refusal(error, "_ZN1a1b6targetE", "src/main.rs:2:1", "nextafter")

    assert made.why.startswith("Enzyme has no derivative of `nextafter`")
    assert "overwritten_args" in made.why, "Enzyme's own text goes along"
